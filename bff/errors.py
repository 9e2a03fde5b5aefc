"""The tree of exceptions. Each leaf carries its `code`, the word used in answers, logs, metrics and docs.

BffError
├── SettingsError            refuses to start; lists everything that is wrong, not only the first
├── DeclarationError         a page, source or section is declared in a way that cannot work
├── SourceError              why a section has no fresh value
│   ├── DeadlineExceeded     DEADLINE_EXCEEDED
│   ├── UpstreamFailed       UPSTREAM_ERROR
│   ├── UpstreamRejected     UPSTREAM_ERROR
│   │   └── AccessDenied     UPSTREAM_ERROR
│   ├── UpstreamUnreachable  UPSTREAM_UNREACHABLE
│   ├── UpstreamInvalid      UPSTREAM_INVALID
│   ├── UpstreamThrottled    UPSTREAM_THROTTLED
│   ├── NotFound             NOT_FOUND
│   ├── BreakerOpen          BREAKER_OPEN
│   ├── BulkheadFull         BULKHEAD_FULL
│   └── Disabled             DISABLED
└── RequestError             the request itself is refused, before anything runs
    ├── Overloaded           OVERLOADED
    ├── RateLimited          RATE_LIMITED
    ├── Forbidden            FORBIDDEN
    ├── Unauthenticated      UNAUTHENTICATED
    ├── BadBody              BAD_USER_INPUT
    │   └── MethodNotAllowed BAD_USER_INPUT
    ├── BadUserInput         BAD_USER_INPUT
    ├── QueryTooComplex      QUERY_TOO_COMPLEX
    ├── PersistedQueryNotFound  PERSISTED_QUERY_NOT_FOUND
    ├── PersistedQueryRequired  PERSISTED_QUERY_REQUIRED
    ├── ParseFailed          GRAPHQL_PARSE_FAILED
    └── ValidationFailed     GRAPHQL_VALIDATION_FAILED
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar, Final, Self

INTERNAL: Final = "INTERNAL"
"""The code of a bug of ours, which is no exception of this tree."""


class SectionState(StrEnum):
    """How a section of an answer was come by, best first."""

    LIVE = "LIVE"
    CACHED = "CACHED"
    STALE = "STALE"
    TIMED_OUT = "TIMED_OUT"
    UNAVAILABLE = "UNAVAILABLE"
    SHED = "SHED"
    DISABLED = "DISABLED"


class BffError(Exception):
    """Everything this package raises on purpose."""


class SettingsError(BffError):
    """The settings cannot be served with. `problems` holds one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class DeclarationError(BffError):
    """A page, source or section is declared in a way that cannot work; raised while importing or building it."""


class SourceError(BffError):
    """Why a section has no fresh value. `retry_after` is in seconds, where one can be told."""

    code: ClassVar[str]
    state: ClassVar[SectionState] = SectionState.UNAVAILABLE

    transient: ClassVar[bool] = False
    """Another attempt, made at once, may well succeed."""

    upstream_at_fault: ClassVar[bool] = False
    """Speaks against calling this upstream at all: breakers count it."""

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after

    def again(self) -> Self:
        """The same error to raise once more: one that is kept as data must not gather the frames it passes."""
        return type(self)(str(self), retry_after=self.retry_after)


class DeadlineExceeded(SourceError):
    """No answer within the time the caller had."""

    code = "DEADLINE_EXCEEDED"
    state = SectionState.TIMED_OUT
    transient = True
    upstream_at_fault = True


class UpstreamFailed(SourceError):
    """The upstream answered 5xx, or broke the connection."""

    code = "UPSTREAM_ERROR"
    transient = True
    upstream_at_fault = True


class UpstreamRejected(SourceError):
    """The upstream answered 3xx or 4xx: it will not answer this request, however often it is asked."""

    code = "UPSTREAM_ERROR"


class AccessDenied(UpstreamRejected):
    """The upstream answered 401 or 403: our own credentials are at fault."""


class UpstreamUnreachable(SourceError):
    """No connection: name, network, refusal or TLS."""

    code = "UPSTREAM_UNREACHABLE"
    transient = True
    upstream_at_fault = True


class UpstreamInvalid(SourceError):
    """The upstream answered something the contract does not allow."""

    code = "UPSTREAM_INVALID"
    upstream_at_fault = True


class UpstreamThrottled(SourceError):
    """The upstream answered 429, or an earlier one said when to come back and that is not yet."""

    code = "UPSTREAM_THROTTLED"
    upstream_at_fault = True


class NotFound(SourceError):
    """The upstream answered, and has no such thing. Not a failure of the upstream."""

    code = "NOT_FOUND"


class BreakerOpen(SourceError):
    """Not called: recent calls failed too often."""

    code = "BREAKER_OPEN"
    state = SectionState.SHED


class BulkheadFull(SourceError):
    """Not called: as many calls as allowed are under way."""

    code = "BULKHEAD_FULL"
    state = SectionState.SHED


class Disabled(SourceError):
    """Switched off."""

    code = "DISABLED"
    state = SectionState.DISABLED


class RequestError(BffError):
    """The request is refused before anything runs. `details` are errors as GraphQL formats them, if any."""

    code: ClassVar[str]
    status: ClassVar[int] = 400
    sound_http: ClassVar[bool] = False
    """The HTTP request is sound and the GraphQL in it is not: for plain JSON clients that is a 200."""

    headers: ClassVar[Mapping[str, str]] = {}
    """Which go with the answer."""

    def __init__(
        self, message: str, details: Sequence[Mapping[str, Any]] = (), *, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.details = tuple(details)
        self.retry_after = retry_after


class Overloaded(RequestError):
    """As many pages are being made as this process can bear."""

    code = "OVERLOADED"
    status = 503


class RateLimited(RequestError):
    """This viewer, or this address, asks too often."""

    code = "RATE_LIMITED"
    status = 429


class Forbidden(RequestError):
    """Whoever asks may not ask so: from another site, or without what proves that a page of ours asks."""

    code = "FORBIDDEN"
    status = 403


class Unauthenticated(RequestError):
    """No valid proof of who asks."""

    code = "UNAUTHENTICATED"
    status = 401
    headers: ClassVar[Mapping[str, str]] = {"www-authenticate": "Bearer"}


class BadBody(RequestError):
    """The body, or a header, is not what a GraphQL request looks like."""

    code = "BAD_USER_INPUT"


class MethodNotAllowed(BadBody):
    """What changes something is asked for by POST."""

    status = 405
    headers: ClassVar[Mapping[str, str]] = {"allow": "POST"}


class BadUserInput(RequestError):
    """An argument, a variable or an operation's name that cannot be used."""

    code = "BAD_USER_INPUT"
    sound_http = True


class QueryTooComplex(RequestError):
    """The document is larger, deeper or dearer than a page needs."""

    code = "QUERY_TOO_COMPLEX"
    sound_http = True


class PersistedQueryNotFound(RequestError):
    """No document is known by this id or hash: send its text along."""

    code = "PERSISTED_QUERY_NOT_FOUND"
    sound_http = True


class PersistedQueryRequired(RequestError):
    """Only documents that were registered beforehand are run here."""

    code = "PERSISTED_QUERY_REQUIRED"
    sound_http = True


class ParseFailed(RequestError):
    """The document is not GraphQL."""

    code = "GRAPHQL_PARSE_FAILED"
    sound_http = True


class ValidationFailed(RequestError):
    """The document does not fit the schema."""

    code = "GRAPHQL_VALIDATION_FAILED"
    sound_http = True
