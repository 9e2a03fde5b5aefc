"""U18: the vendor becomes ten times slower under full load, and the other sections do not notice."""

from statistics import median

import pytest

from bff.lab.upstreams.services import SERVICES
from tests.promises.dev_run import dev_run
from tests.promises.load import Page, many_pages

pytestmark = [pytest.mark.serial, pytest.mark.long, pytest.mark.timeout(600)]

USERS = [str(user) for user in range(1, 1001)]
ROUNDS = 7
MOST_RATIO = 1.1
ASKED_EACH_TIME = {
    f"BFF_{name.upper()}__{option}": value
    for name in SERVICES
    for option, value in {"TTL": "1ms", "REVALIDATE": "0"}.items()
}


def p99_of_other_sections(pages: list[Page]) -> float:
    """Milliseconds, of all sections but the vendor's."""
    rows = [row for page in pages for row in page.body["extensions"]["sections"] if "count" not in row]
    times = sorted(row["elapsedMs"] for row in rows if row["source"] != "recommendations")
    return float(times[int(len(times) * 0.99)])


async def test_u18_a_vendor_ten_times_slower_under_full_load_leaves_the_other_sections_as_they_are() -> None:
    ratios = []
    with dev_run(**ASKED_EACH_TIME) as run:
        await many_pages(run.url, USERS, at_once=50)
        for number in range(ROUNDS):
            measured = {}
            for slow in (True, False) if number % 2 else (False, True):
                if slow:
                    run.tell("dev", "break", "recommendations", "slow", "2.3s")
                else:
                    run.tell("dev", "mend", "recommendations")
                pages = await many_pages(run.url, USERS, at_once=50)
                assert {page.status for page in pages} == {200}
                measured[slow] = p99_of_other_sections(pages)
            ratios.append(measured[True] / measured[False])
            print(f"p99 of the other sections: {measured[False]:.0f} ms, vendor slow {measured[True]:.0f} ms")

    print(f"slow ÷ healthy {median(ratios):.3f}, median of {ROUNDS} rounds")
    assert median(ratios) <= MOST_RATIO
