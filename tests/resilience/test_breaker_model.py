"""The breaker against its description, whatever is called, ends and is cancelled in whichever order."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bff.errors import BreakerOpen, BulkheadFull, DeadlineExceeded, NotFound, UpstreamFailed
from bff.events import BreakerMoved, Event, WouldHaveRefused
from bff.resilience.breaker import Breaker, BreakerOptions
from bff.resilience.deadline import Deadline
from bff.resilience.mode import Mode
from tests.resilience.attempts import FAR, now
from tests.resilience.plans import eighths, run_virtually, unhurried
from tests.virtual_time import VirtualTimeLoop

BOUND = 2.0
Role = Literal["counted", "probe", "uncounted"]
Ending = Literal["answer", "not found", "fault", "late", "refused", "bug", "cancelled"]
ENDINGS: list[Ending] = ["answer", "not found", "fault", "fault", "fault", "late", "refused", "bug"]
ERRORS: dict[Ending, Exception] = {
    "not found": NotFound("404"),
    "fault": UpstreamFailed("500"),
    "late": DeadlineExceeded("late"),
    "refused": BulkheadFull("full"),
    "bug": ZeroDivisionError("a bug"),
}


def verdict(ending: Ending, *, cut_short: bool = False) -> bool | None:
    """Whether the upstream failed; None where nothing can be said."""
    if ending in ("answer", "not found"):
        return False
    if ending == "fault" or (ending == "late" and not cut_short):
        return True
    return None


@dataclass(eq=False)
class Call:
    """One that was let through, and has not ended."""

    role: Role
    era: int
    cut_short: bool
    task: asyncio.Task[str]
    upstream: asyncio.Future[str]


@dataclass
class Described:
    """What the docstring says, for one who has all the time in the world."""

    options: BreakerOptions
    moves: list[str] = field(default_factory=list)
    era: int = 0
    ended: list[tuple[float, bool]] = field(default_factory=list)
    next_probe: float | None = None

    def admits(self, at: float) -> Role | None:
        if self.next_probe is None:
            return "counted"
        if at >= self.next_probe:
            self.next_probe = at + self.options.sleep
            self.moves.append("half-open")
            return "probe"
        return "uncounted" if self.options.mode is Mode.REPORT_ONLY else None

    def saw_end(self, at: float, role: Role, failed: bool | None, *, of_latest_probe: bool) -> None:
        if role == "probe":
            if failed:
                self.moves.append("open")
            elif failed is False:
                self.moved("closed", None)
            elif of_latest_probe:
                self.next_probe = at
        if role == "counted" and failed is not None:
            self.ended.append((at, failed))
            slice_of = self.options.window / 10
            lately = [each for then, each in self.ended if at // slice_of - then // slice_of < 10]
            enough = len(lately) >= self.options.calls
            if failed and enough and lately.count(True) / len(lately) >= self.options.share:
                self.moved("open", at + self.options.sleep)

    def moved(self, state: str, next_probe: float | None) -> None:
        self.moves.append(state)
        self.next_probe = next_probe
        self.era += 1
        self.ended.clear()


class ABreaker(RuleBasedStateMachine):
    """Calls come and end, and time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner(loop_factory=VirtualTimeLoop)
        self.told: list[Event] = []
        self.under_way: list[Call] = []
        self.latest_probe: Call | None = None
        self.would_have_refused = 0

    @initialize(
        calls=st.integers(1, 4),
        share=st.sampled_from([0.25, 0.5, 1.0]),
        window=st.sampled_from([1.25, 5.0, 10.0]),
        sleep=st.sampled_from([0.5, 5.0]),
        mode=st.sampled_from(Mode),
    )
    def make(self, calls: int, share: float, window: float, sleep: float, mode: Mode) -> None:
        options = BreakerOptions(calls=calls, share=share, window=window, sleep=sleep, mode=mode)
        self.guard = Breaker(options, bound=BOUND, source="vendor", tell=self.told.append)
        self.described = Described(options)

    @rule(has=st.sampled_from([BOUND, BOUND, 0.5 * BOUND, 0]))
    def a_call_comes(self, has: float) -> None:
        async def come() -> None:
            upstream: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            passed: list[Deadline] = []

            async def attempt(deadline: Deadline) -> str:
                passed.append(deadline)
                return await upstream

            task = asyncio.create_task(self.guard(attempt, Deadline.after(has)))
            await asyncio.sleep(0)
            role = self.described.admits(now())
            self.would_have_refused += role == "uncounted"
            assert passed == ([] if role is None else [Deadline.after(has)])
            if role is None:
                await asyncio.wait([task])
                error = task.exception()
                assert isinstance(error, BreakerOpen)
                assert error.retry_after == (self.described.next_probe or 0) - now()
                return
            call = Call(role, self.described.era, has < BOUND, task, upstream)
            self.under_way.append(call)
            if role == "probe":
                self.latest_probe = call

        self.runner.run(come())

    @rule(endings=st.lists(st.sampled_from(ENDINGS), min_size=1, max_size=6))
    def calls_come_and_end_at_once(self, endings: list[Ending]) -> None:
        for ending in endings:
            under_way = len(self.under_way)
            self.a_call_comes(BOUND)
            if len(self.under_way) > under_way:
                self._end(self.under_way[-1], ending)

    @rule()
    def somebody_asks_whether_a_call_would_be_refused(self) -> None:
        async def ask() -> None:
            refusal, next_probe = self.guard.refusal(), self.described.next_probe
            if next_probe is None or next_probe <= now() or self.described.options.mode is Mode.REPORT_ONLY:
                assert refusal is None
            else:
                assert refusal
                assert refusal.retry_after == next_probe - now()

        self.runner.run(ask())

    @precondition(lambda self: self.under_way)
    @rule(number=st.integers(0, 100), ending=st.sampled_from([*ENDINGS, "cancelled"]))
    def a_call_ends(self, number: int, ending: Ending) -> None:
        call = self.under_way[number % len(self.under_way)]
        self._end(call, ending)

    @rule(seconds=eighths(0, 1) | eighths(0, 12))
    def time_passes(self, seconds: float) -> None:
        self.runner.run(asyncio.sleep(seconds))

    @precondition(lambda self: self.described.next_probe is not None)
    @rule()
    def the_next_probe_is_due(self) -> None:
        async def wait() -> None:
            await asyncio.sleep((self.described.next_probe or 0) - now())

        self.runner.run(wait())

    @invariant()
    def it_moves_as_described(self) -> None:
        if not hasattr(self, "described"):
            return
        enforced = self.described.options.mode is Mode.ENFORCE
        moves = [event for event in self.told if isinstance(event, BreakerMoved)]
        assert moves == [BreakerMoved("vendor", state, enforced) for state in self.described.moves]
        refusals = [event for event in self.told if isinstance(event, WouldHaveRefused)]
        assert refusals == [WouldHaveRefused("vendor", "breaker")] * self.would_have_refused

    def teardown(self) -> None:
        with self.runner:
            for call in self.under_way.copy():
                self._end(call, "answer")
            assert self.runner.run(_others()) == set()

    def _end(self, call: Call, ending: Ending) -> None:
        failed = verdict(ending, cut_short=call.cut_short)
        latest = call is self.latest_probe
        self.under_way.remove(call)

        async def end() -> None:
            if ending == "cancelled":
                call.task.cancel()
            elif error := ERRORS.get(ending):
                call.upstream.set_exception(error)
            else:
                call.upstream.set_result("answer")
            [outcome] = await asyncio.gather(call.task, return_exceptions=True)
            assert outcome is ERRORS.get(ending) or outcome == "answer" or ending == "cancelled"
            if call.era == self.described.era:
                self.described.saw_end(now(), call.role, failed, of_latest_probe=latest)

        self.runner.run(end())


async def _others() -> set[asyncio.Task[object]]:
    return asyncio.all_tasks() - {asyncio.current_task()}


TestABreaker = ABreaker.TestCase
TestABreaker.settings = settings(unhurried, stateful_step_count=40)


@dataclass(frozen=True)
class Planned:
    """A call while there are faults: when it comes, how long it takes, how it ends, when it is cancelled."""

    comes: float
    seconds: float
    ending: Ending
    cancelled_at: float | None


PLANNED = st.builds(
    Planned,
    comes=eighths(0, 10),
    seconds=eighths(0, 3) | st.just(1000.0),
    ending=st.sampled_from(ENDINGS),
    cancelled_at=st.none() | eighths(0, 12),
)
SLEEP = 2.0


class Watched:
    """A breaker's calls, and what holds of them as seen from outside."""

    def __init__(self, calls: int, share: float) -> None:
        self.options = BreakerOptions(calls=calls, share=share, sleep=SLEEP, window=100_000)
        self.guard = Breaker(self.options, bound=BOUND, source="vendor", tell=self._tell)
        self.open = False
        self._moves = 0
        self._verdicts: list[bool] = []
        self._may_pass_at = 0.0

    async def make(self, call: Planned) -> None:
        await asyncio.sleep(call.comes)
        with contextlib.suppress(BreakerOpen, *(type(error) for error in ERRORS.values())):
            await self.guard(lambda _: self._attempt(call), FAR)

    async def _attempt(self, call: Planned) -> None:
        assert now() >= self._may_pass_at, "one call each `sleep` seconds while it is open"
        probe, moves = self.open, self._moves
        if probe:
            self._may_pass_at = now() + SLEEP
        failed: bool | None = None
        try:
            await asyncio.sleep(call.seconds)
            failed = verdict(call.ending)
            if error := ERRORS.get(call.ending):
                raise error
        finally:
            if moves == self._moves:
                if failed is not None:
                    self._verdicts.append(failed)
                elif probe:
                    self._may_pass_at = now()

    def _tell(self, event: Event) -> None:
        assert isinstance(event, BreakerMoved)
        if event.state == "closed":
            self._moved(open_now=False)
        elif event.state == "open" and not self.open:
            assert len(self._verdicts) >= self.options.calls
            assert self._verdicts.count(True) >= self.options.share * len(self._verdicts)
            self._moved(open_now=True)

    def _moved(self, *, open_now: bool) -> None:
        self.open = open_now
        self._moves += 1
        self._verdicts.clear()
        self._may_pass_at = now() + SLEEP if open_now else 0


@unhurried
@given(plan=st.lists(PLANNED, max_size=25), calls=st.integers(1, 3), share=st.sampled_from([0.25, 0.5, 1.0]))
def test_it_opens_for_a_reason_lets_few_calls_through_and_closes_soon_after_the_faults_end(
    plan: list[Planned], calls: int, share: float
) -> None:
    """Faults end at 13 s, and what hangs may hang on. A healthy call takes half a second; one comes every 1/8 s."""

    async def run() -> None:
        watched = Watched(calls, share)
        faulty = [asyncio.create_task(watched.make(call)) for call in plan]
        for task, call in zip(faulty, plan, strict=True):
            if call.cancelled_at is not None:
                asyncio.get_running_loop().call_at(call.cancelled_at, task.cancel)
        healthy = [Planned(13 + number / 8, 0.5, "answer", None) for number in range(40)]
        calls_after = [asyncio.create_task(watched.make(call)) for call in healthy]

        await asyncio.sleep(13 + SLEEP + 0.5 + 1 / 8)
        assert not watched.open
        await asyncio.gather(*calls_after)
        assert not watched.open
        ended = await asyncio.gather(*faulty, return_exceptions=True)
        assert all(one is None or isinstance(one, asyncio.CancelledError) for one in ended)

    run_virtually(run())
