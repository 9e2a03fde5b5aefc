"""What was found once, by `python -m tests.fuzz` or otherwise: asked in every run of the tests."""

from typing import Final

from tests.fuzz.requests import Sent

POST: Final = ((b"content-type", b"application/json"),)

FOUND: Final = {
    "no object": Sent("POST", b"", POST, b"null"),
    "an operation's name that is half a character": Sent(
        "POST", b"", POST, b'{"query": "query A { __typename }", "operationName": "\\ud800"}'
    ),
    "an integer of five thousand digits": Sent(
        "POST", b"", POST, b'{"query": "{ __typename }", "variables": {"first": ' + b"9" * 5_000 + b"}}"
    ),
}
