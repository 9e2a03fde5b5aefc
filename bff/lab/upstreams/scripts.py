"""What an upstream does with one request, when all is well and for each fault.

Each script is given the healthy answer, the usual delay in seconds and the fault's argument.
"""

from typing import Final

import orjson

from .wire import Answer, Ending, Script, head, response

GARBAGE: Final = b'[{"id": "1", "sub\x00\xfe\xff]]'
LOGIN_PAGE: Final = b"<!doctype html><title>Please sign in</title><h1>Please sign in</h1>"
NOT_A_LIST: Final = b'{"status": "ok", "items": null}'
BROKEN: Final = orjson.dumps({"error": "This upstream was broken on purpose."})


def healthy(answer: Answer, delay: float, _: float = 0) -> Script:
    yield delay
    yield response(answer.status, answer.body)


def slow(answer: Answer, _: float, duration: float) -> Script:
    yield duration
    yield response(answer.status, answer.body)


def hang(_answer: Answer, _delay: float, _: float) -> Script:
    yield Ending.SILENCE


def hang_body(answer: Answer, delay: float, _: float) -> Script:
    yield delay
    yield _first_half(answer)
    yield Ending.SILENCE


def drip(answer: Answer, delay: float, interval: float) -> Script:
    yield delay
    yield head(answer.status, len(answer.body))
    for place in range(len(answer.body)):
        yield interval
        yield answer.body[place : place + 1]


def error(_answer: Answer, delay: float, status: float) -> Script:
    yield delay
    yield response(int(status), BROKEN)


def garbage(_answer: Answer, delay: float, _: float) -> Script:
    yield delay
    yield response(200, GARBAGE)


def html(_answer: Answer, delay: float, _: float) -> Script:
    yield delay
    yield response(200, LOGIN_PAGE, "text/html")


def empty(_answer: Answer, delay: float, _: float) -> Script:
    yield delay
    yield response(200, b"")


def wrong_shape(_answer: Answer, delay: float, _: float) -> Script:
    yield delay
    yield response(200, NOT_A_LIST)


def truncate(answer: Answer, delay: float, _: float) -> Script:
    yield delay
    yield _first_half(answer)
    yield Ending.CLOSE


def reset(_answer: Answer, _delay: float, _: float) -> Script:
    yield Ending.RESET


def _first_half(answer: Answer) -> bytes:
    return head(answer.status, len(answer.body)) + answer.body[: len(answer.body) // 2]
