"""What stands here holds for both event loops: uvloop's, which production has, and, by `make test-long`, asyncio's."""

from typing import Any

import pytest


@pytest.fixture(scope="module", params=["uvloop", pytest.param("asyncio", marks=pytest.mark.long)])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """Each module runs twice."""
    if request.param == "uvloop":
        pytest.importorskip("uvloop", reason="needs uvloop")
    return "asyncio", {"use_uvloop": request.param == "uvloop"}
