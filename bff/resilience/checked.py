"""Options are checked when they are made, so that no guard has to doubt its own."""

from bff.errors import DeclarationError


def above_zero(owner: str, **options: float) -> None:
    """Raises `DeclarationError` for the first that is not."""
    for name, value in options.items():
        if not value > 0:
            raise DeclarationError(f"{owner}: {name} is {value}, it must be above 0")


def never_negative(owner: str, **options: float) -> None:
    """Raises `DeclarationError` for the first that is negative."""
    for name, value in options.items():
        if not value >= 0:
            raise DeclarationError(f"{owner}: {name} is {value}, it must be 0 or more")


def shares(owner: str, **options: float) -> None:
    """Raises `DeclarationError` for the first that is not a share of something, in (0, 1]."""
    for name, value in options.items():
        if not 0 < value <= 1:
            raise DeclarationError(f"{owner}: {name} is {value}, it must be above 0 and at most 1")
