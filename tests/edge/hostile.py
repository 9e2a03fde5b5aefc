"""Documents that are made to hurt (E2), each with the code it is refused by, and as large as is of use to it."""

from typing import Final, NamedTuple

COMPLEX: Final = "QUERY_TOO_COMPLEX"
INVALID: Final = "GRAPHQL_VALIDATION_FAILED"
UNREADABLE: Final = "GRAPHQL_PARSE_FAILED"


class Hostile(NamedTuple):
    """A document, and by which code it is refused."""

    text: str
    code: str


def _page(selections: str) -> str:
    return f"{{landingPage{{{selections}}}}}"


def _chain(count: int, body: str, last: str = "id", on: str = "LandingPage") -> str:
    """Fragments each of which has the body, in which `NEXT` stands for the next one's name."""
    fragments = [f"fragment f{n} on {on}{{{body.replace('NEXT', f'...f{n + 1} ')}}}" for n in range(count)]
    return _page("...f0") + "".join(fragments) + f"fragment f{count} on {on}{{{last}}}"


def _each_spreads_all_others(count: int) -> str:
    spreads = "".join(f"...f{n} " for n in range(count))
    return _page("...f0") + "".join(f"fragment f{n} on LandingPage{{{spreads}}}" for n in range(count))


def _variables(count: int) -> str:
    head = "".join(f"$v{n}:Int!" for n in range(count))
    return f"query({head}){_page(''.join(f'messages(first:$v{n}){{id}}' for n in range(count)))}"


HOSTILE: Final = {
    "1,000 aliases": Hostile(_page("".join(f"a{n}:id " for n in range(1_000))), COMPLEX),
    "aliases within the tokens": Hostile(_page("".join(f"a{n}:id " for n in range(330))), COMPLEX),
    "100 levels": Hostile(_page("messages{sender{" * 50 + "id" + "}}" * 50), COMPLEX),
    "5,000 levels": Hostile("{a" * 5_000, UNREADABLE),
    "100,000 tokens": Hostile("{" + "a " * 100_000 + "}", COMPLEX),
    "tokens within the bytes": Hostile("{" + "a " * 15_900 + "}", COMPLEX),
    "10 MB": Hostile("{" + "a" * 10_000_000 + "}", COMPLEX),
    "comments": Hostile("#\n" * 15_900 + "{a}", COMPLEX),
    "one comment": Hostile("#" * 31_900 + "\n{a}", INVALID),
    "commas": Hostile("," * 31_900 + "{a}", INVALID),
    "a long name": Hostile("{" + "a" * 31_900 + "}", INVALID),
    "long names": Hostile("{" + " ".join(f"{'messages' * 4}{n}" for n in range(800)) + "}", INVALID),
    "a block of many lines": Hostile('{a(b:"""' + "\n a" * 10_000 + '""")}', INVALID),
    "a string of escapes": Hostile('{a(b:"' + "\\u0041" * 5_000 + '")}', INVALID),
    "a string without an end": Hostile('{a(b:"' + "x" * 31_900, UNREADABLE),
    "broken emoji": Hostile('{a(b:"' + "😀" * 7_000 + "\ud83d", UNREADABLE),
    "a huge integer": Hostile(_page(f"messages(first:{'9' * 31_000}){{id}}"), INVALID),
    "a huge float": Hostile(_page(f"messages(first:{'9' * 15_000}.{'9' * 15_000}e9999){{id}}"), INVALID),
    "500 directives": Hostile(_page("id " + "@a " * 490), COMPLEX),
    "directives on everything": Hostile(
        f"query($a:Int@a @b @c){'@d ' * 200}" + _page("...@e{...f@g}") + "fragment f on LandingPage@h{id}", COMPLEX
    ),
    "directives by fragments": Hostile(_chain(40, "...{NEXT @a NEXT @a}"), COMPLEX),
    "a cycle": Hostile(_chain(90, "id NEXT ", "...f0"), INVALID),
    "cycles everywhere": Hostile(_each_spreads_all_others(20), INVALID),
    "a cycle through fields": Hostile(
        "{landingPage{...f}}fragment f on LandingPage{viewer{...g}}fragment g on User{...f}", INVALID
    ),
    "a fan": Hostile(_chain(70, "NEXT NEXT "), ""),
    "a fan of objects": Hostile(_chain(40, "viewer{id}NEXT NEXT NEXT "), COMPLEX),
    "a fan of lists": Hostile(_chain(40, "messages{id}NEXT NEXT "), COMPLEX),
    "a fan within fields": Hostile(_chain(60, "sender{...on Message{NEXT NEXT }}", on="Message"), COMPLEX),
    "a chain": Hostile(_chain(98, "id NEXT "), ""),
    "a chain deeper than the stack": Hostile(_chain(120, "...{NEXT }"), COMPLEX),
    "deep lists as arguments": Hostile(_page("messages(first:" + "[" * 190 + "1" + "]" * 190 + "){id}"), INVALID),
    "deeper lists as arguments": Hostile(_page("messages(first:" + "[" * 900), UNREADABLE),
    "deep objects as arguments": Hostile(_page("messages(first:" + "{a:" * 190 + "1" + "}" * 190 + "){id}"), INVALID),
    "a long list as an argument": Hostile(_page("messages(first:[" + "1 " * 980 + "]){id}"), INVALID),
    "an object of equal names": Hostile(_page("messages(first:{" + "a:1 " * 320 + "}){id}"), INVALID),
    "equal arguments": Hostile(_page("messages(" + "first:1 " * 320 + "){id}"), INVALID),
    "many operations": Hostile("".join(f"query q{n}{{landingPage{{id}}}}" for n in range(120)), ""),
    "anonymous operations": Hostile("{landingPage{id}}" * 165, INVALID),
    "operations of one name": Hostile("query q{landingPage{id}}" * 120, INVALID),
    "operations times fragments": Hostile(
        "".join(f"query q{n}{{landingPage{{...f0}}}}" for n in range(50))
        + _chain(45, "id NEXT ").removeprefix(_page("...f0")),
        "",
    ),
    "many variables": Hostile("query(" + "".join(f"$v{n}:Int " for n in range(240)) + ")" + _page("id"), INVALID),
    "variables that multiply": Hostile(_variables(70), COMPLEX),
    "subscriptions": Hostile("subscription{" + "".join(f"a{n} " for n in range(900)) + "}", INVALID),
    "many errors": Hostile(_page("".join(f"x{n} " for n in range(980))), INVALID),
    "errors with suggestions": Hostile(_page("".join(f"messag{n} " for n in range(980))), INVALID),
    "equal fields": Hostile(_page("id " * 990), COMPLEX),
    "equal objects": Hostile(_page("viewer{id}" * 245), COMPLEX),
    "equal lists": Hostile(_page("messages(first:1){id}" * 100), COMPLEX),
    "fields in conflict": Hostile(_page("status(of:TODOS){state}" * 50 + "status(of:VIEWER){state}" * 50), COMPLEX),
    "fragments of equal fields": Hostile(
        _page("".join(f"...f{n} " for n in range(90)))
        + "".join(f"fragment f{n} on LandingPage{{id}}" for n in range(90)),
        COMPLEX,
    ),
    "inline fragments": Hostile(_page("...{viewer{id}}" * 140), COMPLEX),
    "inline fragments in each other": Hostile(_page("...{" * 190 + "id" + "}" * 190), ""),
    "lists in lists": Hostile(_page("recommendations(first:50){...on SendMessage{message{sender{id}}}}" * 9), COMPLEX),
    "what no list can hold": Hostile(_page("messages(first:1000000000){id}"), "BAD_USER_INPUT"),
    "the schema in the schema": Hostile("{__schema{types{" + "fields{type{" * 60 + "name" + "}}" * 60 + "}}}", COMPLEX),
    "the schema by fragments": Hostile(
        "{__schema{types{...f0}}}"
        + _chain(60, "fields{type{NEXT NEXT }}", "name", "__Type").removeprefix(_page("...f0")),
        COMPLEX,
    ),
    "possible types of possible types": Hostile(
        "{__schema{types{" + "possibleTypes{" * 8 + "name" + "}" * 8 + "}}}", COMPLEX
    ),
}
"""Without a code: within all limits, and so it may run. It is measured all the same."""
