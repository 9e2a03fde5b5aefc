"""From what graphql-core brings of an answer to its frames: bugs masked, sections told with what brings them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import InitialIncrementalExecutionResult, SubsequentIncrementalExecutionResult
from graphql.execution.types import PendingResult

from bff.report import Report
from bff.web.answer import Answer, Terms, begun, bug, lost, told, unavailable
from bff.web.incremental.frame import Done, Error, Fragment, Frame, Location, Row, is_in
from bff.web.incremental.shape import Shape


class Frames:
    """Of one answer."""

    def __init__(self, shape: Shape, report: Report, terms: Terms) -> None:
        self._shape = shape
        self._report = report
        self._terms = terms
        self._fragments: dict[str, Fragment] = {}
        """Which are announced, and not done."""

        self._said: list[tuple[Location, Any]] = []

    def first(self, result: InitialIncrementalExecutionResult) -> Answer:
        """What is there at once. Its headers speak of that alone."""
        answer = begun(result, self._report.at_once(), self._terms)
        announced = self._announced(result.pending)
        self._said.append(((), result.data))
        return Answer(self._shape.first(answer.body, announced), answer.status, answer.headers)

    def later(
        self, result: SubsequentIncrementalExecutionResult, more: Callable[[], Mapping[str, Any]] | None = None
    ) -> dict[str, Any]:
        """One that follows. `more` makes extensions that it has besides its sections."""
        announced = self._announced(result.pending or ())
        rows = [self._row(each) for each in result.incremental or ()]
        done = [
            Done(self._fragments.pop(each.id), [*told(each.errors, self._terms)]) for each in result.completed or ()
        ]
        return self._shaped(Frame(rows, announced, done, last=not result.has_next), more)

    def broken_off(self, error: Exception) -> dict[str, Any]:
        """The last one, where we failed outside of any field."""
        masked = bug(error, self._terms)
        done = [Done(fragment, [masked]) for fragment in self._fragments.values()]
        self._fragments.clear()
        return self._shaped(Frame((), (), done, last=True), None)

    def _shaped(self, frame: Frame, more: Callable[[], Mapping[str, Any]] | None) -> dict[str, Any]:
        report = self._report.brought(_everything if frame.last else frame.holds)
        for error in (*lost(report, self._terms), *self._verdict(frame)):
            frame.add(error)
        sections = report.rows()
        extensions = {**({"sections": sections} if sections else {}), **(more() if more else {})}
        shaped = self._shape.later(frame, extensions, self._known)
        self._said += [(row.place, row.data) for row in frame.rows]
        return shaped

    def _verdict(self, frame: Frame) -> Sequence[Error]:
        return unavailable(self._report, self._terms) if frame.last else ()

    def _announced(self, pending: Sequence[PendingResult]) -> list[Fragment]:
        announced = [Fragment(each.id, tuple(each.path), each.label) for each in pending]
        self._fragments.update({each.id: each for each in announced})
        return announced

    def _row(self, result: Any) -> Row:
        errors = told(result.errors, self._terms)
        return Row(self._fragments[result.id], tuple(result.sub_path or ()), result.data, errors)

    def _known(self, place: Location) -> Any:
        for at, data in reversed(self._said):
            if place[: len(at)] == at and is_in(data, place[len(at) :]):
                return _found(data, place[len(at) :])
        return None


def _everything(_: Location) -> bool:
    return True


def _found(data: Any, steps: Location) -> Any:
    for step in steps:
        data = None if data is None else data[step]
    return data
