"""What cleans values of one declared type, made once for it by msgspec's description of the type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any, Final, TypeAlias, get_origin

from msgspec import inspect

from bff.distrust import cleaning
from bff.distrust.cleaning import Clean
from bff.distrust.links import LinkHosts
from bff.distrust.marks import MARK, Mark

Record: TypeAlias = inspect.StructType | inspect.DataclassType | inspect.TypedDictType | inspect.NamedTupleType

_OF_RECORD: Final[Mapping[type, Callable[..., Any]]] = {
    inspect.StructType: cleaning.struct,
    inspect.DataclassType: cleaning.dataclass,
    inspect.TypedDictType: cleaning.typed_dict,
    inspect.NamedTupleType: cleaning.named_tuple,
}
_OF_VALUE: Final[Mapping[type, Clean]] = {
    inspect.DecimalType: cleaning.finite,
    inspect.AnyType: cleaning.anything,
}
_BUILT: Final[Mapping[type, type]] = {
    inspect.StrType: str,
    inspect.DecimalType: Decimal,
    inspect.ListType: list,
    inspect.SetType: set,
    inspect.FrozenSetType: frozenset,
    inspect.VarTupleType: tuple,
    inspect.TupleType: tuple,
    inspect.DictType: dict,
    inspect.TypedDictType: dict,
}
"""By description, what a value of that type is built as."""


def cleaner(shape: Any, hosts: LinkHosts) -> Clean | None:
    """What cleans values of this type; None where nothing in one could be unclean."""
    return _Making(hosts).of(inspect.type_info(shape))


@dataclass(frozen=True, slots=True)
class _Making:
    hosts: LinkHosts
    begun: dict[int, Clean] = field(default_factory=dict)
    """Those of records, by the id of their description: a record may hold others like itself."""

    def of(self, info: inspect.Type, mark: Mark = Mark.TEXT) -> Clean | None:
        match info:
            case inspect.Metadata(type=inner, extra=extra):
                return self.of(inner, (extra or {}).get(MARK, mark))
            case inspect.StrType():
                return self._of_string(mark)
            case inspect.UnionType():
                return self._of_union(info.types)
            case (
                inspect.StructType() | inspect.DataclassType() | inspect.TypedDictType() | inspect.NamedTupleType()
            ) as record:
                return self._of_record(record)
            case _:
                return self._of_container(info)

    def _of_string(self, mark: Mark) -> Clean:
        match mark:
            case Mark.TEXT:
                return cleaning.text
            case Mark.ID:
                return cleaning.exact
            case Mark.LINK:
                return cleaning.allowed(self.hosts.lead_to, "a link leads where none may")
            case Mark.PICTURE:
                return cleaning.allowed(self.hosts.show, "a picture is where none may be")

    def _of_union(self, types: tuple[inspect.Type, ...]) -> Clean | None:
        """JSON has so few kinds of values that what one was built as tells which member of a union it is."""
        found = {_built(each): clean for each in types if (clean := self.of(each)) is not None}
        if not found:
            return None
        if cleaning.anything in found.values():
            return cleaning.anything
        [clean, *others] = found.values()
        chosen = partial(cleaning.by_kind, cleaners=found) if others or len(types) > 2 else clean
        nullable = any(isinstance(each, inspect.NoneType) for each in types)
        return partial(cleaning.or_none, clean=chosen) if nullable else partial(cleaning.by_kind, cleaners=found)

    def _of_record(self, info: Record) -> Clean:
        if id(info) not in self.begun:
            plan: list[tuple[str, Clean]] = []
            self.begun[id(info)] = partial(_OF_RECORD[type(info)], plan=plan)
            plan += [(each.name, clean) for each in info.fields if (clean := self.of(each.type)) is not None]
        return self.begun[id(info)]

    def _of_container(self, info: inspect.Type) -> Clean | None:
        match info:
            case inspect.ListType() | inspect.SetType() | inspect.FrozenSetType() | inspect.VarTupleType():
                clean = self.of(info.item_type)
                return clean and partial(cleaning.each, build=_BUILT[type(info)], clean=clean)
            case inspect.TupleType():
                places = [self.of(each) or cleaning.as_it_is for each in info.item_types]
                return partial(cleaning.by_place, cleaners=places)
            case inspect.DictType():
                values = self.of(info.value_type) or cleaning.as_it_is
                return partial(cleaning.mapping, keys=cleaning.exact, values=values)
            case _:
                return _OF_VALUE.get(type(info))


def _built(info: inspect.Type) -> type:
    match info:
        case inspect.Metadata(type=inner):
            return _built(inner)
        case inspect.StructType(cls=cls) | inspect.DataclassType(cls=cls) | inspect.NamedTupleType(cls=cls):
            return get_origin(cls) or cls
        case _:
            return _BUILT.get(type(info), object)
