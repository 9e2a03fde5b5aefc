"""One event of each kind, of those that there is most to say of."""

from bff import events

ONE_OF_EACH: tuple[events.Event, ...] = (
    events.CallFinished("s", "c", 0.1, "UPSTREAM_ERROR", "500"),
    events.RefreshPutOff("s", "c"),
    events.ItemsDropped("s", "c", 1, "invalid"),
    events.CacheRead("s", "c", 0.1, 0, 0, 1, 0),
    events.CacheFilled("s", "c", 1, 10),
    events.CacheEvicted(1),
    events.CacheFailed("read", "late"),
    events.CacheDropped(1, "queue full"),
    events.CacheHeard(False, "gone"),
    events.CallCrashed("s", "c", ValueError()),
    events.CredentialsRefused("s", "c"),
    events.LimitExceeded("depth", 9, 8, True),
    events.RateExceeded("viewer", True),
    events.PageShed(0.001),
    events.ConnectionEnded("idle"),
    events.Retried("s", "UPSTREAM_ERROR", 0.1),
    events.Hedged("s", 0.1),
    events.BreakerMoved("s", "open", True),
    events.WaitingChanged("s", False, True),
    events.WouldHaveRefused("s", "breaker"),
    events.LoopStalled(1.0, "here", False),
    events.LoopTurned(0.1),
)
