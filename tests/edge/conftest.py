"""One landing page for all that is thrown at it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.page_client import landing
from tests.upstreams_in_process import InProcessUpstreams


@pytest.fixture(scope="module")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """Its client. A crash of the app is a failure of the test."""
    unlimited = {"BFF_RATE__VIEWER": "off", "BFF_RATE__ADDRESS": "off"}
    async with landing(InProcessUpstreams(), settings=unlimited) as client:
        yield client.http
