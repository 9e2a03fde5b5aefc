"""A fault proxy in a process of its own: a soak counts the descriptors and tasks of the page's process.

    python -m tests.servers.proxy_process unix:///run/valkey.sock

Says its URL, then does what each line of its input says (`slow 0.2`, `black_hole`, `mend`, …), until there is none.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bff.leash import leashed
from tests.servers.fault_proxy import FaultProxy, fault_proxy

FAULTS = (
    "slow 0.02",
    "slow 0.2",
    "black_hole",
    "refuse",
    "hang_up",
    "cut",
    "half_reply 7",
    "garbage",
    "stray $5\r\nwrong\r\n",
    "say -LOADING the dataset",
    "say -OOM command not allowed when used memory > 'maxmemory'.",
    "say -READONLY You can't write against a read only replica.",
    "say -ERR max number of clients reached",
    "say -NOAUTH Authentication required.",
)


@dataclass(frozen=True)
class ProxyProcess:
    """One that runs."""

    url: str
    process: "subprocess.Popen[str]"

    def do(self, fault: str) -> None:
        """Switch to this fault, or `mend`."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{fault!r}\n")
        self.process.stdin.flush()


@contextmanager
def proxy_process(url: str) -> Iterator[ProxyProcess]:
    """In front of the server there; ends with the block."""
    command = leashed([sys.executable, "-m", "tests.servers.proxy_process", url])
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield ProxyProcess(process.stdout.readline().strip(), process)
        process.terminate()


async def serve(url: str) -> None:
    async with fault_proxy(url) as proxy:
        print(proxy.url, flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            await _switch(proxy, line.strip()[1:-1].encode().decode("unicode_escape"))


async def _switch(proxy: FaultProxy, fault: str) -> None:
    name, _, argument = fault.partition(" ")
    if name != "refuse":
        proxy.mend()
        if not proxy.listens:
            await proxy.listen()
    match name:
        case "slow":
            proxy.slow(float(argument))
        case "half_reply":
            proxy.half_reply(int(argument))
        case "say" | "stray":
            getattr(proxy, name)(argument.encode())
        case "refuse":
            await proxy.refuse()
        case _:
            getattr(proxy, name)()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
