"""What a waterfall says in words."""

from collections.abc import Callable

import pytest

from bff.admin.drawing.story import story
from bff.telemetry.waterfall.model import Waterfall
from tests.admin import examples


@pytest.mark.parametrize(
    ("example", "said"),
    [
        (
            examples.vendor_hangs,
            "308 ms, nearly all of it waiting for recommendations' first byte (300 ms). "
            "Without recommendations this page would have taken 109 ms.",
        ),
        (
            examples.retried,
            "145 ms, most of it waiting before todos was tried again (93 ms). "
            "Without todos this page would have taken 36 ms.",
        ),
        (
            examples.elsewhere,
            "155 ms, most of it waiting for another process that fetches todos (147 ms). "
            "Without todos this page would have taken 36 ms.",
        ),
        (
            examples.queued,
            "218 ms, most of it waiting for a free slot to call todos (185 ms). "
            "Without todos this page would have taken 36 ms.",
        ),
        (
            examples.cached,
            "4.6 ms, the longest part of it writing the answer (1.6 ms). "
            "No source alone made it slow: without any one of them it would have taken about as long.",
        ),
        (examples.under_way, "Still under way after 180 ms, nearly all of it waiting for todos' first byte (178 ms)."),
        (examples.refused, "0.8 ms, nearly all of it finding out who asks (0.8 ms)."),
        (examples.no_time_at_all, "0.0 ms."),
    ],
)
def test_a_request_is_told_in_two_sentences(example: Callable[[], Waterfall], said: str) -> None:
    assert story(example()) == said
