"""What an operation costs with the variables of one request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from bff.execution.limits.part import Part
from bff.execution.limits.size import capped
from bff.execution.limits.total import in_order


@dataclass(frozen=True, slots=True)
class VariableCost:
    """The operation, and the fragments it spreads in an order in which each comes after those it spreads itself."""

    operation: Part
    fragments: Mapping[str, Part]

    @classmethod
    def of(cls, operation: Part, fragments: Mapping[str, Part]) -> Self:
        """Worked out once for a document."""
        return cls(operation, {name: fragments[name] for name in in_order(operation, fragments)})

    def __call__(self, coerced: Mapping[str, Any]) -> int:
        """For these variables, coerced and with their defaults; linear in the document, however it expands."""
        known: dict[str, int] = {}
        for name, part in self.fragments.items():
            known[name] = _added(part, known, coerced)
        return _added(self.operation, known, coerced)


def _added(part: Part, known: Mapping[str, int], coerced: Mapping[str, Any]) -> int:
    own = sum(times.of(coerced) for times in part.data.objects)
    spread = sum(each.times.of(coerced) * known.get(each.fragment, 0) for each in part.spreads)
    return capped(own + spread)
