"""Which failures speak against a server."""

import pytest
import redis.exceptions

from bff.cache.redis.faults import server_at_fault


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        ConnectionRefusedError(),
        RuntimeError("unable to perform operation on <UnixTransport closed=True>"),
        ValueError("invalid literal for int() with base 10"),
        redis.exceptions.ConnectionError("max number of clients reached"),
        redis.exceptions.TimeoutError(),
        redis.exceptions.AuthenticationError("Authentication required."),
        redis.exceptions.BusyLoadingError(),
        redis.exceptions.InvalidResponse("Protocol Error: b'?'"),
        redis.exceptions.ReadOnlyError(),
        redis.exceptions.ResponseError("Error running script: -READONLY You can't write against a read only replica"),
        redis.exceptions.ClusterDownError("The cluster is down"),
        redis.exceptions.MasterDownError("Link with MASTER is down"),
    ],
)
def test_what_is_late_broken_or_no_place_to_write_speaks_against_the_server(error: Exception) -> None:
    assert server_at_fault(error)


@pytest.mark.parametrize(
    "error",
    [
        redis.exceptions.OutOfMemoryError(),
        redis.exceptions.ResponseError("WRONGTYPE Operation against a key holding the wrong kind of value"),
        redis.exceptions.ResponseError("BUSY Valkey is busy running a script"),
        redis.exceptions.NoPermissionError(),
        redis.exceptions.MovedError("1 127.0.0.1:6379"),
        redis.exceptions.AskError("1 127.0.0.1:6379"),
        redis.exceptions.TryAgainError(),
    ],
)
def test_a_prompt_refusal_of_one_command_does_not(error: Exception) -> None:
    assert not server_at_fault(error)


@pytest.mark.parametrize("reply", [None, 0, b"1", [b"1", None]])
def test_a_reply_does_not(reply: object) -> None:
    assert not server_at_fault(reply)
