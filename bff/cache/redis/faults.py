"""What a failure says: that this server had better not be asked, or only that it refused one command."""

from redis.exceptions import AskError, ClusterDownError, MovedError, ReadOnlyError, ResponseError, TryAgainError

ELSEWHERE = (AskError, MovedError, TryAgainError)


def server_at_fault(error: object) -> bool:
    """Whether it speaks against asking this server anything.

    A refusal came promptly and says that the server is well, unless it says that nobody may write there, or that its
    cluster is down. Everything else is late, broken, or no answer at all; so is one that asks for another password.
    """
    if not isinstance(error, BaseException):
        return False
    if isinstance(error, ResponseError):
        return isinstance(error, ReadOnlyError | ClusterDownError) or "READONLY" in str(error)
    return True


def asks_elsewhere(error: object) -> bool:
    """Whether keys have moved since we were told where they are."""
    return isinstance(error, ELSEWHERE)
