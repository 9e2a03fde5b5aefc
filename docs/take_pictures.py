"""Take the README's two pictures anew: `python docs/take_pictures.py`, beside a `bff dev` that was just started.

Needs Chromium. The pictures are prettiest where the fonts Inter and P052 are installed.
"""

import base64
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import F_DUPFD, fcntl
from itertools import count
from pathlib import Path
from shutil import which
from typing import Any, Final, Self
from urllib.parse import urlsplit

from bff.errors import BffError
from bff.lab.dev_control import break_source, mend

PICTURES: Final = Path(__file__).parent / "pictures"
PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS: Final = (
    "--headless",
    "--no-sandbox",  # of no use inside containers, and this browser sees no page but ours
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
WIDTH: Final = 1280
SHARPNESS: Final = 1.5
WAIT: Final = 10.0
LOOK: Final = {"prefers-color-scheme": "light", "prefers-reduced-motion": "reduce"}
IS_SHOWN: Final = "Boolean(document.querySelector('#made p')?.textContent)"
IS_PAINTED: Final = "Promise.all([...document.images].map((image) => image.decode())).then(() => true)"
MISSING: Final = "[...document.querySelectorAll('section:has(.vacancy code), header:has(.vacancy)')].map((s) => s.id)"


class Browser:
    """A headless Chromium and one tab of it, spoken to over two pipes in its DevTools protocol."""

    def __init__(self, profile: str) -> None:
        program = next(filter(None, map(which, PROGRAMS)), None)
        if program is None:
            raise SystemExit(f"No browser to take pictures with: install one of {', '.join(PROGRAMS)}.")
        here, there = _far_pipe(), _far_pipe()

        def wire() -> None:
            os.dup2(here[0], 3)
            os.dup2(there[1], 4)

        self._process = subprocess.Popen(  # noqa: S603 - a program that was found by name, and flags of ours
            [program, *FLAGS, f"--user-data-dir={profile}"],
            pass_fds=(3, 4),
            preexec_fn=wire,  # noqa: PLW1509 - no threads here, and the protocol wants just these two numbers
            stderr=subprocess.DEVNULL,
        )
        os.close(here[0])
        os.close(there[1])
        self._to, self._from = os.fdopen(here[1], "wb", 0), os.fdopen(there[0], "rb")
        self._numbers = count(1)
        self._session: dict[str, str] = {}
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = {"sessionId": self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._to.close()
        self._from.close()
        self._process.terminate()
        self._process.wait(WAIT)

    def call(self, method: str, **params: Any) -> Any:
        """What Chromium answers; SystemExit with its words where it cannot."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params, **self._session}
        self._to.write(json.dumps(message).encode() + b"\0")
        while (answer := self._read()).get("id") != number:
            pass
        if "error" in answer:
            raise SystemExit(f"Chromium refused {method}: {answer['error']['message']}.")
        return answer["result"]

    def value(self, expression: str) -> Any:
        """What a JavaScript expression comes to in the tab."""
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)["result"][
            "value"
        ]

    def _read(self) -> dict[str, Any]:
        ...
