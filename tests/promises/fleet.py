"""Several page processes before the same upstreams and the same cache, each a `bff dev` of its own."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

from bff.lab.upstreams.control import ask
from tests.promises.dev_run import DevRun, dev_run

ONE_KEY: Mapping[str, str] = {"BFF_PSEUDONYM_KEY": "one key for all processes"}
"""Without it each has a key of its own, and the vendor of one knows no user of another."""

UNLIMITED: Mapping[str, str] = {"BFF_RATE__VIEWER": "off", "BFF_RATE__ADDRESS": "off"}
"""For one client that asks as a thousand would."""


@contextmanager
def fleet(count: int, cache_url: str, **settings: str) -> Iterator[Sequence[DevRun]]:
    """The first one also runs the upstreams."""
    with ExitStack() as stack:
        first = stack.enter_context(dev_run(BFF_CACHE_URL=cache_url, **ONE_KEY, **settings))
        shared = {"BFF_CACHE_URL": cache_url, **urls_of(first), **ONE_KEY, **settings}
        yield [first, *(stack.enter_context(dev_run(**shared)) for _ in range(count - 1))]


def urls_of(run: DevRun) -> Mapping[str, str]:
    """Settings that name its upstreams."""
    return {f"BFF_{name.upper()}__URL": upstream.url for name, upstream in run.state.upstreams.items()}


def requests_of(run: DevRun, source: str) -> int:
    """How many that upstream has had."""
    control = run.state.upstreams[source].control
    assert control is not None
    requests: int = ask(control, {"do": "stats"})["requests"]
    return requests
