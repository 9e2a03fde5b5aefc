"""`bff dev` with stand-ins for its children: `supervised.py OPTIONS`, a JSON object of `DevOptions`.

`"valkey": false` in it hides the wheel.
"""

import importlib.util
import json
import sys
from pathlib import Path

from bff.lab.dev.options import DevOptions
from bff.lab.dev.supervisor import run_dev

STAND_IN = (sys.executable, str(Path(__file__).with_name("stand_in.py")))

if __name__ == "__main__":
    options = json.loads(sys.argv[1])
    if not options.pop("valkey", True):
        importlib.util.find_spec = lambda name, package=None: None
    options["sources"] = tuple(options["sources"])
    sys.exit(run_dev(DevOptions(upstream=STAND_IN, web=(*STAND_IN, "web"), **options)))
