"""Options are checked when they are made."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict
from math import inf, nan
from typing import Any

import pytest

from bff.errors import DeclarationError
from bff.resilience.breaker import BreakerOptions
from bff.resilience.bulkhead import BulkheadOptions
from bff.resilience.checked import above_zero, never_negative, shares
from bff.resilience.hedge import HedgeOptions
from bff.resilience.mode import Mode
from bff.resilience.retry import RetryOptions
from bff.resilience.waiting import WaitingOptions

DEFAULTS: dict[Callable[..., Any], dict[str, Any]] = {
    BreakerOptions: {"calls": 20, "share": 0.5, "window": 10.0, "sleep": 5.0, "mode": Mode.ENFORCE},
    BulkheadOptions: {"limit": 100, "max_wait": 0.25, "mode": Mode.ENFORCE},
    HedgeOptions: {
        "enabled": False,
        "share": 0.05,
        "window": 10.0,
        "quantile": 0.95,
        "fewest": 20,
        "remembered": 200,
    },
    RetryOptions: {"most": 1, "base": 0.025, "longest": 0.25, "share": 0.1, "least": 3, "window": 10.0},
    WaitingOptions: {"misses": 10, "try_every": 5.0, "mode": Mode.ENFORCE},
}

ABOVE_ZERO: dict[Callable[..., Any], list[str]] = {
    BreakerOptions: ["calls", "window", "sleep"],
    BulkheadOptions: ["limit"],
    HedgeOptions: ["window", "fewest", "remembered"],
    RetryOptions: ["base", "longest", "window"],
    WaitingOptions: ["misses", "try_every"],
}
NEVER_NEGATIVE: dict[Callable[..., Any], list[str]] = {BulkheadOptions: ["max_wait"], RetryOptions: ["most", "least"]}
SHARES: dict[Callable[..., Any], list[str]] = {
    BreakerOptions: ["share"],
    HedgeOptions: ["share", "quantile"],
    RetryOptions: ["share"],
}


def each(options: dict[Callable[..., Any], list[str]]) -> pytest.MarkDecorator:
    pairs = [(made, name) for made, names in options.items() for name in names]
    return pytest.mark.parametrize(("made", "name"), pairs, ids=[f"{made.__name__}.{name}" for made, name in pairs])


@pytest.mark.parametrize("made", DEFAULTS, ids=lambda made: made.__name__)
def test_every_option_has_its_default(made: Callable[..., Any]) -> None:
    assert asdict(made()) == DEFAULTS[made]


@pytest.mark.parametrize("made", DEFAULTS, ids=lambda made: made.__name__)
def test_options_are_named_and_cannot_be_changed(made: Callable[..., Any]) -> None:
    for name, value in DEFAULTS[made].items():
        with pytest.raises(TypeError):
            made(value)
        with pytest.raises(FrozenInstanceError):
            setattr(made(), name, value)


@each(ABOVE_ZERO)
@pytest.mark.parametrize("value", [0, -1, -0.5, nan, -inf])
def test_some_options_must_be_above_zero(made: Callable[..., Any], name: str, value: float) -> None:
    with pytest.raises(DeclarationError) as raised:
        made(**{name: value})
    assert str(raised.value) == f"{made.__name__}: {name} is {value}, it must be above 0"


@each(ABOVE_ZERO)
@pytest.mark.parametrize("value", [0.001, 1, 3600])
def test_whatever_is_above_zero_will_do(made: Callable[..., Any], name: str, value: float) -> None:
    assert getattr(made(**{name: value}), name) == value


@each(NEVER_NEGATIVE)
@pytest.mark.parametrize("value", [-1, -0.001, nan])
def test_some_options_must_not_be_negative(made: Callable[..., Any], name: str, value: float) -> None:
    with pytest.raises(DeclarationError) as raised:
        made(**{name: value})
    assert str(raised.value) == f"{made.__name__}: {name} is {value}, it must be 0 or more"


@each(NEVER_NEGATIVE)
@pytest.mark.parametrize("value", [0, 0.001, 1])
def test_none_is_enough_for_those(made: Callable[..., Any], name: str, value: float) -> None:
    assert getattr(made(**{name: value}), name) == value


@each(SHARES)
@pytest.mark.parametrize("value", [0, -0.5, 1.001, 50, nan, inf])
def test_a_share_must_be_one(made: Callable[..., Any], name: str, value: float) -> None:
    with pytest.raises(DeclarationError) as raised:
        made(**{name: value})
    assert str(raised.value) == f"{made.__name__}: {name} is {value}, it must be above 0 and at most 1"


@each(SHARES)
@pytest.mark.parametrize("value", [0.001, 0.5, 1])
def test_a_part_and_the_whole_are_shares(made: Callable[..., Any], name: str, value: float) -> None:
    assert getattr(made(**{name: value}), name) == value


@pytest.mark.parametrize("check", [above_zero, never_negative, shares])
def test_the_first_wrong_option_is_named(check: Callable[..., None]) -> None:
    with pytest.raises(DeclarationError, match=r"^Owner: second is -1, "):
        check("Owner", first=1, second=-1, third=-2)


@pytest.mark.parametrize("check", [above_zero, never_negative, shares])
def test_where_nothing_is_wrong_nothing_is_said(check: Callable[..., None]) -> None:
    check("Owner")
    check("Owner", first=1, second=0.5)


def test_a_mode_is_written_as_it_is_said() -> None:
    assert {mode.name: str(mode) for mode in Mode} == {"ENFORCE": "enforce", "REPORT_ONLY": "report-only"}
