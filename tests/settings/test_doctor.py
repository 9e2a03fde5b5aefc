"""What is doubtful in the settings is said in a sentence with the setting's name, and what is right is not."""

import re

import pytest

from bff import read_settings
from bff.schema import page
from bff.settings.doctor import doubts

DOUBTFUL = {
    "a section that waits as long as the page": (
        {"BFF_TODOS__DEADLINE": "3s", "BFF_TODOS__WORK_BOUND": "3s"},
        r"BFF_TODOS__DEADLINE \(3s\) is not below BFF_PAGE_DEADLINE \(3s\)",
    ),
    "a gateway that gives up first": (
        {"BFF_GATEWAY_TIMEOUT": "3s"},
        r"BFF_PAGE_DEADLINE \(3s\) is not below BFF_GATEWAY_TIMEOUT \(3s\)",
    ),
    "an admin listener that anybody reaches": (
        {"BFF_ADMIN_HOST": "10.0.0.7"},
        r"BFF_ADMIN_HOST \(10\.0\.0\.7\) can be reached from other machines, and without BFF_ADMIN_TOKEN",
    ),
    "a trace of nearly every page": (
        {"BFF_TRACES__ENDPOINT": "http://otel.test:4318", "BFF_TRACES__SHARE": "100%"},
        r"BFF_TRACES__SHARE \(100%\): each traced page costs a third more CPU",
    ),
    "calls that end before pages give up": (
        {"BFF_TODOS__WORK_BOUND": "900ms"},
        r"BFF_TODOS__WORK_BOUND \(900ms\) is below BFF_TODOS__DEADLINE \(1s\)",
    ),
    "attempts that do not fit into a call": (
        {"BFF_TODOS__ATTEMPT_TIMEOUT": "1.1s"},
        r"BFF_TODOS__ATTEMPT_TIMEOUT \(1.1s\) for each of 2 attempts is more than BFF_TODOS__WORK_BOUND \(2s\)",
    ),
    "an attempt that does not fit into a call": (
        {"BFF_TODOS__ATTEMPT_TIMEOUT": "2.1s", "BFF_TODOS__RETRY__MOST": "0"},
        r"BFF_TODOS__ATTEMPT_TIMEOUT \(2.1s\) for each of 1 attempts",
    ),
    "retries beside hedging": (
        {"BFF_TODOS__HEDGE__ENABLED": "on", "BFF_TODOS__RETRY__MOST": "2"},
        r"BFF_TODOS__HEDGE__ENABLED is on, so BFF_TODOS__RETRY__MOST \(2\) is not used",
    ),
    "more pages than slots of a core source": (
        {"BFF_TODOS__BULKHEAD__LIMIT": "99"},
        r"BFF_TODOS__BULKHEAD__LIMIT \(99\) is below BFF_PAGES_IN_FLIGHT \(100\)",
    ),
    "an optional source that is waited for": (
        {"BFF_RECOMMENDATIONS__BULKHEAD__MAX_WAIT": "100ms"},
        r"BFF_RECOMMENDATIONS__BULKHEAD__MAX_WAIT \(100ms\) makes pages wait for a turn at recommendations",
    ),
    "a turn that takes all of the wait": (
        {"BFF_TODOS__BULKHEAD__MAX_WAIT": "1s"},
        r"BFF_TODOS__BULKHEAD__MAX_WAIT \(1s\) is not below BFF_TODOS__DEADLINE \(1s\)",
    ),
    "a breaker that never sees a hang": (
        {"BFF_RECOMMENDATIONS__BULKHEAD__LIMIT": "19"},
        r"BFF_RECOMMENDATIONS__BREAKER__CALLS \(20\) is more than the 19 calls that can hang within "
        r"BFF_RECOMMENDATIONS__BREAKER__WINDOW \(10s\)",
    ),
    "a breaker that sleeps too long": (
        {"BFF_TODOS__BREAKER__SLEEP": "11s"},
        r"BFF_TODOS__BREAKER__SLEEP \(11s\) is longer than BFF_TODOS__BREAKER__WINDOW \(10s\)",
    ),
    "a breaker that sleeps too long in a long window": (
        {"BFF_TODOS__BREAKER__SLEEP": "1h", "BFF_TODOS__BREAKER__WINDOW": "2h"},
        r"BFF_TODOS__BREAKER__SLEEP \(1h\): todos is not asked for so long after it is back\. Lower it to 5s\.$",
    ),
    "a breaker that is not helped by fewer calls": (
        {"BFF_TODOS__WORK_BOUND": "1h", "BFF_TODOS__TTL": "1h", "BFF_TODOS__STALE": "2h"},
        r"BFF_TODOS__BREAKER__CALLS \(20\) is more than the 0 calls that can hang .* todos that hangs\. "
        r"Lower BFF_TODOS__WORK_BOUND \(1h\), or set BFF_TODOS__ATTEMPT_TIMEOUT\.$",
    ),
    "a breaker that is not helped by fewer calls, where attempts are what takes long": (
        {
            "BFF_RECOMMENDATIONS__ATTEMPT_TIMEOUT": "5s",
            "BFF_RECOMMENDATIONS__BULKHEAD__LIMIT": "2",
        },
        r".* more than the 4 calls that can hang .*\. Lower BFF_RECOMMENDATIONS__ATTEMPT_TIMEOUT \(5s\)\.$",
    ),
    "a breaker that is not helped by fewer calls, where nothing is kept": (
        {
            "BFF_TODOS__TTL": "0",
            "BFF_TODOS__DEADLINE": "2s",
            "BFF_TODOS__WORK_BOUND": "3s",
            "BFF_TODOS__BREAKER__WINDOW": "50ms",
            "BFF_TODOS__BREAKER__SLEEP": "50ms",
        },
        r".* more than the 2 calls .*\. Lower BFF_TODOS__DEADLINE \(2s\), or set BFF_TODOS__ATTEMPT_TIMEOUT\.$",
    ),
    "pages that try too seldom": (
        {"BFF_TODOS__WAITING__TRY_EVERY": "1h"},
        r"BFF_TODOS__WAITING__TRY_EVERY \(1h\): .* pages go without it for so long after it is back",
    ),
    "retries without end": (
        {"BFF_TODOS__RETRY__MOST": "50"},
        r"BFF_TODOS__RETRY__MOST \(50\) lets one call make 51 attempts: .* Lower it to 1\.$",
    ),
    "a source that is switched off": (
        {"BFF_TODOS__ENABLED": "off"},
        r"BFF_TODOS__ENABLED is off: no page shows todos\. Set it to on when one should\.$",
    ),
    "a breaker that refuses nothing": (
        {"BFF_TODOS__BREAKER__MODE": "report-only"},
        "BFF_TODOS__BREAKER__MODE is report-only: it protects nothing",
    ),
    "a bulkhead that refuses nothing": (
        {"BFF_TODOS__BULKHEAD__MODE": "report-only"},
        "BFF_TODOS__BULKHEAD__MODE is report-only",
    ),
    "pages that wait for nothing": (
        {"BFF_TODOS__WAITING__MODE": "report-only"},
        "BFF_TODOS__WAITING__MODE is report-only",
    ),
    "everybody as a trusted proxy": ({"BFF_TRUSTED_PROXIES": "::/0"}, "BFF_TRUSTED_PROXIES holds every address"),
    "an option of no source": (
        {"BFF_BREAKER__CALLS": "5"},
        r"BFF_BREAKER__CALLS is not read: it does not say whose it is, as BFF_USERS__BREAKER__CALLS does\.",
    ),
    "an option of no source, in a file": (
        {"BFF_DEADLINE_FILE": "/gone"},
        "BFF_DEADLINE_FILE is not read: it does not say whose it is, as BFF_USERS__DEADLINE does",
    ),
    "an option of a source there is not": (
        {"BFF_VENDOR__DEADLINE": "1s"},
        "BFF_VENDOR__DEADLINE is not read: there is no such setting",
    ),
    "values that are gone before they are stale": (
        {"BFF_TODOS__STALE": "59s"},
        r"BFF_TODOS__STALE \(59s\) is below BFF_TODOS__TTL \(60s\): .* none is left to show .*\. Raise the first\.$",
    ),
    "values that are gone while their successor is fetched": (
        {"BFF_TODOS__STALE": "119s"},
        r"BFF_TODOS__REVALIDATE \(60s\) after BFF_TODOS__TTL \(60s\) is more than BFF_TODOS__STALE \(119s\): "
        r".* Raise the last to 120s, or lower the first\.$",
    ),
    "values that are never stale, and served so": (
        {"BFF_TODOS__STALE": "0"},
        r"BFF_TODOS__REVALIDATE \(60s\) after BFF_TODOS__TTL \(60s\) is more than BFF_TODOS__STALE \(0s\)",
    ),
    "values that are old when the next page asks": (
        {"BFF_TODOS__TTL": "1s"},
        r"BFF_TODOS__TTL \(1s\) is not above BFF_TODOS__DEADLINE \(1s\): .* Raise the first\.$",
    ),
    "values that are old before a slow source answers": (
        {"BFF_RECOMMENDATIONS__TTL": "5s", "BFF_RECOMMENDATIONS__REVALIDATE": "4900ms"},
        r"BFF_RECOMMENDATIONS__TTL \(5s\) and BFF_RECOMMENDATIONS__REVALIDATE \(4.9s\) together are below "
        r"BFF_RECOMMENDATIONS__WORK_BOUND \(10s\): pages wait for a slow recommendations",
    ),
    "an optional source of which nothing is kept": (
        {"BFF_RECOMMENDATIONS__TTL": "0"},
        r"BFF_RECOMMENDATIONS__TTL \(0s\) keeps no answer of recommendations: one that is later than "
        r"BFF_RECOMMENDATIONS__DEADLINE \(300ms\) is lost",
    ),
    "how long to keep what is not kept": (
        {"BFF_TODOS__TTL": "0", "BFF_TODOS__STALE": "2h"},
        r"BFF_TODOS__TTL \(0s\) keeps no answer of todos, so BFF_TODOS__STALE \(2h\) is not used",
    ),
    "no cache at all": (
        {"BFF_CACHE_MEMORY": "0"},
        r"BFF_CACHE_MEMORY \(0\) keeps nothing in process, and BFF_CACHE_URL names no server: nothing is cached",
    ),
    "a size without its unit": (
        {"BFF_CACHE_MEMORY": "64"},
        r"BFF_CACHE_MEMORY \(64\) has room for a few values at most; .* Write 64MB",
    ),
}

SOUND = {
    "the defaults": {},
    "a gateway with more patience": {"BFF_GATEWAY_TIMEOUT": "3.1s"},
    "a section just below the page": {"BFF_TODOS__DEADLINE": "2.9s", "BFF_TODOS__WORK_BOUND": "2.9s"},
    "attempts that fit": {"BFF_TODOS__ATTEMPT_TIMEOUT": "1s"},
    "one attempt that fits": {"BFF_TODOS__ATTEMPT_TIMEOUT": "2s", "BFF_TODOS__HEDGE__ENABLED": "on"},
    "as many slots as pages": {"BFF_TODOS__BULKHEAD__LIMIT": "50", "BFF_PAGES_IN_FLIGHT": "50"},
    "a hang that is just seen": {"BFF_RECOMMENDATIONS__BULKHEAD__LIMIT": "20"},
    "a hang that is seen because attempts end by a timeout of their own": {
        "BFF_RECOMMENDATIONS__BULKHEAD__LIMIT": "5",
        "BFF_RECOMMENDATIONS__ATTEMPT_TIMEOUT": "1s",
    },
    "a range of proxies": {"BFF_TRUSTED_PROXIES": "10.0.0.0/8"},
    "what others set under our prefix": {
        "BFF_SERVICE_HOST": "10.0.0.1",
        "BFF_URL": "https://page",
        "BFF_DEV_DIR": "/x",
    },
    "retries that are many": {"BFF_TODOS__RETRY__MOST": "3"},
    "a minute between two tries": {"BFF_TODOS__WAITING__TRY_EVERY": "60s"},
    "a minute between two probes": {"BFF_TODOS__BREAKER__SLEEP": "60s", "BFF_TODOS__BREAKER__WINDOW": "60s"},
    "values that are kept until the last of them is replaced": {"BFF_TODOS__STALE": "2m"},
    "values that are never served stale": {"BFF_TODOS__STALE": "0", "BFF_TODOS__REVALIDATE": "0"},
    "values that wait as long as a slow source takes": {
        "BFF_RECOMMENDATIONS__TTL": "5s",
        "BFF_RECOMMENDATIONS__REVALIDATE": "5s",
    },
    "a source of which nothing is kept": {"BFF_TODOS__TTL": "0"},
    "a cache on a server alone": {"BFF_CACHE_MEMORY": "0", "BFF_CACHE_URL": "redis://cache"},
    "a small first tier": {"BFF_CACHE_MEMORY": "1MB"},
}


@pytest.mark.parametrize(("environment", "said"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_is_doubtful_is_said_once_with_its_name_and_value(environment: dict[str, str], said: str) -> None:
    [doubt] = doubts(read_settings(page, environment))
    assert re.match(said, doubt), doubt


@pytest.mark.parametrize("environment", SOUND.values(), ids=SOUND)
def test_what_is_sound_is_not_doubted(environment: dict[str, str]) -> None:
    assert doubts(read_settings(page, environment)) == []
