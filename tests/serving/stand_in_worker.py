"""A worker that imports nothing of ours and serves at once: `stand_in_worker.py FOLDER`.

It answers every request with its number and process, notes in FOLDER what it lives through, and has the character that
the file FOLDER/character names when it starts: `fails`, `mute` or `stubborn`.
"""

import os
import signal
import socket
import sys
from pathlib import Path
from types import FrameType

FOLDER = Path(sys.argv[1])
NUMBER, LISTENER, READY, _ = os.environ["BFF_WORKER_PLACE"].split(" ", 3)
CHARACTER = (FOLDER / "character").read_text() if (FOLDER / "character").exists() else ""
HEAD = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: "


def note(what: str) -> None:
    with (FOLDER / "journal").open("a") as journal:
        journal.write(f"{NUMBER} {what} {os.getpid()}\n")


asked: list[int] = []


def stop(number: int, _: FrameType | None) -> None:
    note("asked")
    asked.append(number)


signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGUSR1, signal.SIG_IGN)  # it has no readiness
note("started")
if CHARACTER == "fails":
    sys.exit(3)
if CHARACTER == "mute":
    signal.pause()
    sys.exit()
os.write(int(READY), b"\x01")
os.close(int(READY))
with socket.socket(fileno=int(LISTENER)) as listener:
    listener.settimeout(0.02)
    while not asked or CHARACTER == "stubborn":
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        with connection:
            connection.recv(65_536)
            body = f"{NUMBER} {os.getpid()}".encode()
            connection.sendall(HEAD + str(len(body)).encode() + b"\r\n\r\n" + body)
note("ended")
