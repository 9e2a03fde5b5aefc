"""A child to supervise: `stand_in.py NAME …`. It says that it is ready, and keeps a journal of its life.

`STAND_IN_<NAME>` in the environment gives it a character: `fails`, `mute`, `stubborn`, `parent` or `teller`.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

NAME = sys.argv[1]
CHARACTER = os.environ.get(f"STAND_IN_{NAME.upper()}", "")
JOURNAL = Path(os.environ["STAND_IN_JOURNAL"])


def note(what: str, pid: int) -> None:
    with JOURNAL.open("a") as journal:
        journal.write(f"{NAME} {what} {pid}\n")


def stop(*_: object) -> None:
    note("asked", os.getpid())
    if CHARACTER != "stubborn":
        time.sleep(0.05)  # as if pages were drained
        note("ended", os.getpid())
        sys.exit(0)


signal.signal(signal.SIGTERM, stop)
note("started", os.getpid())
if CHARACTER == "fails":
    sys.exit("no luck today")
if CHARACTER == "parent":
    worker = "import signal; signal.pause()"
    note("bore", subprocess.Popen([sys.executable, "-c", worker]).pid)
if CHARACTER == "teller":
    settings = {name: value for name, value in os.environ.items() if name.startswith("BFF_")}
    JOURNAL.with_name("settings").write_text(json.dumps(settings))
    JOURNAL.with_name("found").write_text(str((Path(os.environ["BFF_DEV_DIR"]) / "state.json").exists()))
if CHARACTER == "mute":
    print("I mutter", file=sys.stderr, flush=True)
else:
    print(json.dumps({"ready": NAME, "url": f"http://{NAME}.test"}), flush=True)
while True:
    signal.pause()
