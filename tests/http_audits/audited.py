"""The landing page over simulated upstreams, as `bff serve` has it: `python -m tests.http_audits.audited`.

Everybody is user 1. Settings come by the environment. It says its address on stdout.
"""

import os

from bff import create_app, read_settings
from bff.schema import page
from bff.web.serving.addresses import Addresses
from bff.web.serving.alone import serve
from tests.page_client import ByHeader
from tests.upstreams_in_process import URLS, InProcessUpstreams


def _say(addresses: Addresses) -> None:
    print(addresses.page, flush=True)


if __name__ == "__main__":
    settings = read_settings(page, {**URLS, **os.environ})
    serve(create_app(page, settings, transport=InProcessUpstreams(), identify=ByHeader()), settings, _say)
