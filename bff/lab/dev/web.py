"""The web of `bff dev`, a process of its own: `python -m bff.lab.dev.web`. Settings come by environment."""

import json
import logging
import os
import sys
from pathlib import Path

from bff import create_app, read_settings
from bff.errors import SettingsError
from bff.lab.dev.sign_in import DevViewer, faults_of, make_key
from bff.schema import page
from bff.settings import settings_file_here
from bff.web.server import serve


def main() -> int:
    """Serve until told to stop; say `{"ready": "web", …}` on stdout once it listens."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s", datefmt="%X")
    logging.getLogger("bff").setLevel(logging.INFO)
    try:
        settings = read_settings(page, os.environ, settings_file_here())
        key = make_key(Path(os.environ["BFF_DEV_DIR"]))
        app = create_app(page, settings, identify=DevViewer(key), faults_of=faults_of)
        serve(app, settings.host, settings.port, _announce)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _announce(url: str) -> None:
    sys.stdout.write(json.dumps({"ready": "web", "url": url}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
