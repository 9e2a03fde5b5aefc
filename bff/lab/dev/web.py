"""The web of `bff dev`, a process of its own: `python -m bff.lab.dev.web`. Settings come by environment."""

import json
import logging
import os
import sys
from pathlib import Path

from bff import create_app, read_settings
from bff.errors import SettingsError
from bff.lab.dev.admin_socket import inherited
from bff.lab.dev.sign_in import DevViewer, faults_of, make_key
from bff.schema import page
from bff.settings import settings_file_here
from bff.telemetry.log.logging_to import logging_to
from bff.web.serving.addresses import Addresses
from bff.web.serving.alone import serve


def main() -> int:
    """Serve until told to stop; say `{"ready": "web", …}` on stdout once it listens."""
    try:
        admin = inherited(os.environ)
        settings = read_settings(page, os.environ, settings_file_here())
        key = make_key(Path(os.environ["BFF_DEV_DIR"]))
        with logging_to(sys.stderr, format=settings.log.format, level=logging.WARNING, levels={"bff": logging.INFO}):
            app = create_app(page, settings, identify=DevViewer(key), faults_of=faults_of, shows_waterfalls=True)
            serve(app, settings, _announce, admin=admin, linger=0.0)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _announce(addresses: Addresses) -> None:
    ready = {"ready": "web", "url": addresses.page, "admin_url": addresses.admin}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
