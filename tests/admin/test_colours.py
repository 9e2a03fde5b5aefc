"""Colours: text can be read, and phases told apart, by those too who see two of the three colours."""

import math
import re
from itertools import combinations

import pytest

from bff.admin.pages.frame import Frame
from bff.telemetry.waterfall.model import Phase

STYLE = Frame.read().style
LIGHT = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", STYLE.split("@media")[0]))
DARK = {**LIGHT, **dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", STYLE.split("@media")[1]))}

DICHROMACIES = {
    "none": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
"""Of linear RGB; Machado, Oliveira and Fernandes, 2009."""

Colour = tuple[float, float, float]


def linear(colour: str) -> Colour:
    digits = colour.removeprefix("#")
    digits = digits if len(digits) > 3 else "".join(digit * 2 for digit in digits)
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return _lit(red), _lit(green), _lit(blue)


def _lit(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def luminance(colour: str) -> float:
    """Of 1."""
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """As WCAG defines it."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def seen(colour: str, dichromacy: str) -> Colour:
    """In Oklab, where distances are as they look."""
    red, green, blue = (
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, linear(colour), strict=True))))
        for row in DICHROMACIES[dichromacy]
    )
    cones = (
        math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue),
        math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue),
        math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue),
    )
    to_lab = (
        (0.2104542553, 0.7936177850, -0.0040720468),
        (1.9779984951, -2.4285922050, 0.4505937099),
        (0.0259040371, 0.7827717662, -0.8086757660),
    )
    light, green_red, blue_yellow = (sum(a * b for a, b in zip(row, cones, strict=True)) for row in to_lab)
    return light, green_red, blue_yellow


@pytest.mark.parametrize("dichromacy", DICHROMACIES)
def test_phases_can_be_told_apart(dichromacy: str) -> None:
    colours = {phase: seen(LIGHT[phase.replace(" ", "-")], dichromacy) for phase in Phase}
    alike = {(a, b): math.dist(colours[a], colours[b]) for a, b in combinations(Phase, 2)}
    closest = min(alike, key=lambda pair: alike[pair])
    assert alike[closest] > 0.09, f"{closest} look alike"


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ground", "texts"),
    [
        ("paper", ["ink", "soft", "link", "bad-ink"]),
        ("sheet", ["ink", "soft"]),
        ("outside", ["soft", "bad-ink"]),
        ("good", ["good-ink"]),
        ("fair", ["fair-ink"]),
        ("bad", ["bad-ink"]),
        ("off", ["off-ink"]),
        ("ink", ["paper"]),
    ],
)
def test_text_can_be_read(theme: dict[str, str], ground: str, texts: list[str]) -> None:
    assert all(contrast(theme[text], theme[ground]) >= 4.5 for text in texts)


def test_the_names_in_the_bars_can_be_read() -> None:
    on_dark = re.findall(r"\.phase-([\w-]+)", STYLE.split(".waterfall .named:is(")[1].split(")")[0])
    for phase in (each.replace(" ", "-") for each in Phase):
        assert contrast("#ffffff" if phase in on_dark else "#0f1216", LIGHT[phase]) >= 4.5
