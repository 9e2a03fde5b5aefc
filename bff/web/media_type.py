"""In which media type a client wants its answer, by GraphQL over HTTP."""

from typing import Final

from bff.errors import BadBody

GRAPHQL_RESPONSE: Final = "application/graphql-response+json"
JSON: Final = "application/json"


class NotAcceptable(BadBody):
    """The client wants what there is not."""

    status = 406


def answer_type(accept: str | None) -> str:
    """The best of the two for an Accept header; JSON where there is none. Raises `NotAcceptable`."""
    if not accept:
        return JSON
    wanted = dict(_preferences(accept))
    ranked = sorted((GRAPHQL_RESPONSE, JSON), key=lambda one: _quality(one, wanted), reverse=True)
    best = ranked[0] if _quality(ranked[0], wanted) > _quality(ranked[1], wanted) else _first(accept.lower())
    if not _quality(best, wanted) > 0:
        raise NotAcceptable(f"This answers in {GRAPHQL_RESPONSE} or {JSON}.")
    return best


def _first(accept: str) -> str:
    """Of two wanted alike, the one named first; JSON where a wildcard stands for both."""
    places = {one: accept.find(one) for one in (GRAPHQL_RESPONSE, JSON) if one in accept}
    return min(places, key=lambda one: places[one], default=JSON)


def _preferences(accept: str) -> list[tuple[str, float]]:
    preferences = []
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        try:
            preferences.append((name, float(quality)))
        except ValueError:
            continue
    return preferences


def _quality(media_type: str, wanted: dict[str, float]) -> float:
    for pattern in (media_type, "application/*", "*/*"):
        if pattern in wanted:
            return wanted[pattern]
    return 0.0
