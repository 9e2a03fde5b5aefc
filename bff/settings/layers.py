"""Where each setting's value comes from: the environment, else `bff.toml`, else the default."""

import difflib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bff.errors import SettingsError
from bff.settings.table import Setting
from bff.settings.values import without_password

PREFIX: Final = "BFF_"
FILE_SUFFIX: Final = "_FILE"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A setting's value and where it came from: `default`, `bff.toml`, or the name of a variable."""

    setting: Setting
    value: Any = field(repr=False)
    origin: str

    def shown(self) -> str:
        """For people: secrets hidden."""
        if self.value is None:
            return "-"
        if self.setting.secret and self.origin != "default":
            return "(hidden)"
        return without_password(self.setting.show(self.value))


def choose(
    table: Sequence[Setting], environment: Mapping[str, str], file: Path | None
) -> dict[tuple[str, ...], Chosen]:
    """One value for each setting. Raises `SettingsError` with everything that is wrong."""
    problems = [*_misspelt(table, environment)]
    written = dict(_written(file, problems))
    problems += _unknown(table, written, file)
    chosen = {}
    for setting in table:
        found = _found(setting, environment, written, file, problems)
        if found is None:
            chosen[setting.path] = Chosen(setting, setting.default, "default")
            continue
        given, origin = found
        try:
            chosen[setting.path] = Chosen(setting, setting.parse(given), origin)
        except ValueError as expected:
            shown = "what it holds" if setting.secret else without_password(repr(given))[:200]
            problems.append(f"{origin}: {shown} is not {expected}.")
    if problems:
        raise SettingsError(problems)
    return chosen


def unread(table: Sequence[Setting], environment: Mapping[str, str]) -> Iterator[str]:
    """Variables that look like settings and are none: of double joints, or an option that does not say whose it is.

    But for a URL, by which others may well call us.
    """
    known = {setting.variable for setting in table}
    options = {setting.option for setting in table} - {"URL"}
    for variable in (each for each in environment if each.startswith(PREFIX)):
        name = variable.removesuffix(FILE_SUFFIX)
        if name not in known and ("__" in name or name.removeprefix(PREFIX) in options):
            yield variable


def _found(
    setting: Setting,
    environment: Mapping[str, str],
    written: Mapping[tuple[str, ...], str],
    file: Path | None,
    problems: list[str],
) -> tuple[str, str] | None:
    if setting.variable in environment:
        return environment[setting.variable], setting.variable
    pointer = setting.variable + FILE_SUFFIX
    if pointer in environment:
        try:
            return Path(environment[pointer]).read_text("utf-8").strip(), pointer
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{pointer}: the file {environment[pointer]!r} cannot be read: {_reason(error)}.")
            return None
    if setting.path in written:
        return written[setting.path], f"{file}: {'.'.join(setting.path)}"
    return None


def _written(file: Path | None, problems: list[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    if file is None:
        return
    try:
        tables = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"{file}: cannot be read: {_reason(error)}.")
        return
    yield from _leaves(tables, ())


def _leaves(table: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*above, name))
        elif isinstance(value, list):
            yield (*above, name), ",".join(str(each) for each in value)
        else:
            yield (*above, name), str(value)


def _unknown(table: Sequence[Setting], written: Mapping[tuple[str, ...], str], file: Path | None) -> Iterator[str]:
    known = {".".join(setting.path) for setting in table}
    for path in written:
        name = ".".join(path)
        if name not in known:
            yield f"{file}: there is no setting {name!r}.{_nearest(name, known, least_alike=0.6)}"


def _misspelt(table: Sequence[Setting], environment: Mapping[str, str]) -> Iterator[str]:
    """Only what looks like a setting: orchestrators put variables of their own under any prefix."""
    known = {setting.variable for setting in table}
    for variable in (each for each in environment if each.startswith(PREFIX)):
        name = variable.removesuffix(FILE_SUFFIX)
        near = "" if name in known else _nearest(name.upper(), known, least_alike=0.85)
        if near:
            yield f"{variable}: there is no such setting.{near}"


def _nearest(name: str, known: set[str], *, least_alike: float) -> str:
    near = difflib.get_close_matches(name, known, 1, cutoff=least_alike)
    return f" Did you mean {near[0]}?" if near else ""


def _reason(error: Exception) -> str:
    match error:
        case OSError(strerror=str(reason)):
            return reason
        case UnicodeDecodeError():
            return "it is not UTF-8"
        case _:
            return str(error)
