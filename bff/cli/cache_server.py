"""How a cache server, and what is wrong with it, are named to people: without a password."""


def place(url: str) -> str:
    """Where it is. A password may hold anything but a slash."""
    scheme, _, rest = url.partition("://")
    before, slash, path = rest.partition("/")
    return f"{scheme}://{before.rpartition('@')[2]}{slash}{path}"


def why(error: Exception) -> str:
    """In a few words."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    said = str(error).strip().splitlines()
    return said[0].rstrip(".") if said else type(error).__name__
