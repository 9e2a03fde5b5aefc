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
    "a source that is switched off": ({"BFF_TODOS__ENABLED": "off"}, "BFF_TODOS__ENABLED is off: no page shows todos"),
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
}


@pytest.mark.parametrize(("environment", "said"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_is_doubtful_is_said_once_with_its_name_and_value(environment: dict[str, str], said: str) -> None:
    [doubt] = doubts(read_settings(page, environment))
    assert re.match(said, doubt), doubt


@pytest.mark.parametrize("environment", SOUND.values(), ids=SOUND)
def test_what_is_sound_is_not_doubted(environment: dict[str, str]) -> None:
    assert doubts(read_settings(page, environment)) == []
