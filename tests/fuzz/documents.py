"""GraphQL documents: from the schema's own words, put together well, badly, and cut up."""

from typing import Final

from hypothesis import strategies as st

FIELDS: Final = (
    "landingPage",
    "id",
    "viewer",
    "messages",
    "todos",
    "notifications",
    "recommendations",
    "status",
    "sender",
    "assignedBy",
    "message",
    "todo",
    "name",
    "subject",
    "title",
    "score",
    "url",
    "__typename",
    "__schema",
    "__type",
    "types",
    "fields",
    "ofType",
    "possibleTypes",
    "nobody",
)
TYPES: Final = ("Query", "LandingPage", "Message", "User", "NextAction", "OpenLink", "Int", "Int!", "[ID!]!", "Nobody")
WORDS: Final = (*"{}()[]:!=@|&$", "...", '"', '"""', "#", ",", "\n", "query", "mutation", "fragment", "on", "extend")

names = st.sampled_from(FIELDS) | st.sampled_from(("a", "b", "_", "A1"))
numbers = st.integers(-(10**30), 10**30).map(str) | st.sampled_from(("1e999", "-0", "0.1e-400", "9" * 5_000, "00"))
texts = st.text(max_size=20).map(lambda text: f'"{text}"') | st.just('"""block"""')
scalars = numbers | texts | st.sampled_from(("true", "null", "$first", "$of", "$x", "VIEWER", "RECOMMENDATIONS"))
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda items: f"[{' '.join(items)}]")
        | st.lists(st.tuples(names, inner), max_size=4).map(
            lambda items: "{" + " ".join(f"{name}: {value}" for name, value in items) + "}"
        )
    ),
    max_leaves=6,
)
arguments = st.lists(st.tuples(st.sampled_from(("first", "of", "if", "label", "x")), values), max_size=3).map(
    lambda given: f"({', '.join(f'{name}: {value}' for name, value in given)})" if given else ""
)
directives = st.lists(
    st.tuples(st.sampled_from(("@include", "@skip", "@defer", "@stream", "@nobody")), arguments).map("".join),
    max_size=2,
).map(" ".join)


@st.composite
def _field(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    alias = draw(st.sampled_from(("", "", "a: ", "b: ")))
    within = draw(st.just("") | inner.map(lambda text: f" {{ {text} }}"))
    return f"{alias}{draw(names)}{draw(arguments)} {draw(directives)}{within}"


def _selections(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    fragment = st.sampled_from(("...F ", "...G ", "...H ")) | st.tuples(
        st.just("... on "), st.sampled_from(TYPES), st.just(" "), directives, st.just(" { "), inner, st.just(" } ")
    ).map("".join)
    return st.lists(_field(inner) | fragment, min_size=1, max_size=6).map(" ".join)


selections = st.recursive(names, _selections, max_leaves=25)
variables = st.lists(
    st.tuples(st.sampled_from(("$first", "$of", "$x")), st.sampled_from((*TYPES, "Section!")), values), max_size=3
).map(lambda given: f"({', '.join(f'{name}: {kind} = {value}' for name, kind, value in given)})" if given else "")
definitions = (
    st.tuples(
        st.sampled_from(("query", "query A", "mutation B", "subscription C")), variables, directives, selections
    ).map(lambda parts: f"{parts[0]}{parts[1]} {parts[2]} {{ {parts[3]} }}")
    | selections.map(lambda text: f"{{ landingPage {{ {text} }} }}")
    | st.tuples(st.sampled_from("FGH"), st.sampled_from(TYPES), selections).map(
        lambda parts: f"fragment {parts[0]} on {parts[1]} {{ {parts[2]} }}"
    )
    | st.just("type X { y: Int }")
)
whole = st.lists(definitions, min_size=1, max_size=5).map("\n".join)
salad = st.lists(st.sampled_from(WORDS) | names | scalars, max_size=60).map(" ".join)
repeated = st.tuples(st.sampled_from(WORDS) | names, st.integers(1, 5_000)).map(lambda parts: parts[0] * parts[1])


@st.composite
def _cut(draw: st.DrawFn) -> str:
    text = draw(whole)
    place = draw(st.integers(0, len(text)))
    return text[:place] + draw(st.text(max_size=3)) + text[place + draw(st.integers(0, 5)) :]


documents = whole | _cut() | salad | repeated | st.text(max_size=200)
