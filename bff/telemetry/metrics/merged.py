"""The sum over all workers, those that are gone included: a counter that fell would be taken for one that is new."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import reduce

import msgspec

from bff.telemetry.metrics.catalogue.process import WORKER_ANSWERS
from bff.telemetry.metrics.snapshot import Gauges, Labels, Snapshot, Totals, decoded, least


class Sum(msgspec.Struct, frozen=True):
    """What Prometheus is told."""

    totals: Totals
    gauges: dict[str, dict[Labels, float]]


@dataclass(slots=True)
class _Worker:
    """`before` is what processes of this number had counted that are gone."""

    latest: Snapshot
    before: Totals

    def totals(self) -> Totals:
        return self.before.plus(self.latest.totals)


class Merged:
    """Remembers the last snapshot of each worker, and of those before it what they had counted.

    Floats are added in the same order each time, worker by worker, so that no sum falls by a rounding error.
    """

    def __init__(self) -> None:
        self._workers: dict[str, _Worker] = {}

    def take(self, snapshots: Iterable[bytes]) -> Sum:
        """Add what workers sent just now. Those that did so before and do not now count as silent: what they had
        counted stays, and their gauges do not.
        """
        answered = [decoded(snapshot) for snapshot in snapshots]
        for snapshot in answered:
            self._remember(snapshot)
        names = {snapshot.worker for snapshot in answered}
        gauges = [self._workers[name].latest.gauges for name in sorted(names)]
        return Sum(self._totals(), least((*gauges, self._who_answers(names))))

    def _remember(self, snapshot: Snapshot) -> None:
        known = self._workers.get(snapshot.worker)
        if known is None:
            self._workers[snapshot.worker] = _Worker(snapshot, Totals())
        elif snapshot.started > known.latest.started:
            self._workers[snapshot.worker] = _Worker(snapshot, known.totals())
        elif snapshot.started == known.latest.started and snapshot.number > known.latest.number:
            known.latest = snapshot

    def _totals(self) -> Totals:
        by_worker = (worker.totals() for _, worker in sorted(self._workers.items()))
        return reduce(Totals.plus, by_worker, Totals())

    def _who_answers(self, names: Collection[str]) -> Gauges:
        return {WORKER_ANSWERS.name: {(name,): float(name in names) for name in self._workers}}
