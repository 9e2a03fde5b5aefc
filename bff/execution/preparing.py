"""From a text to a document that may run, cheapest checks first: nothing slow is done for what is refused."""

from collections.abc import Sequence

from graphql import (
    DocumentNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    Token,
    parse,
    validate,
)

from bff.errors import BadUserInput, ParseFailed, QueryTooComplex, ValidationFailed
from bff.events import LimitExceeded, Listener
from bff.execution.document import Document, Refused
from bff.execution.limits.counting import Counting
from bff.execution.limits.exceeded import details_of, over
from bff.execution.limits.text import ceiling, too_long
from bff.execution.limits.total import SpreadsItself
from bff.execution.ranges import bounded_values, literals_outside
from bff.execution.rules import rules
from bff.execution.told import MOST_ERRORS, formatted
from bff.settings.edge import Limits

TOO_DEEP = "The document is nested too deeply to be read."
TOO_ALIKE = "The document repeats too many fields of the same names, or nests fragments too deeply, to be checked."
ABORTED = "Validation aborted."
TOO_MANY_TOKENS = "Syntax Error: Document contains more than"


class Preparing:
    """By one schema and its limits. The same text always comes to the same."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, *, introspection: bool, tell: Listener) -> None:
        self.limits = limits
        self._tell = tell
        self._schema = schema
        self._tokens = ceiling(limits.tokens)
        self._counting = Counting(schema, limits)
        self._hide_suggestions = not introspection
        self._rules = rules(self._tokens.most, introspection=introspection)

    def __call__(self, text: str) -> Document | Refused:
        """The document, or why it may not run. Takes some 40 ms at most for what the limits let through."""
        exceeded = too_long(text, self.limits.document)
        if any(each.enforced for each in exceeded):
            return _too_complex(exceeded)
        try:
            ast = parse(text, max_tokens=self._tokens.most)
            return self._checked(text, ast, exceeded)
        except GraphQLSyntaxError as error:
            if error.message.startswith(TOO_MANY_TOKENS):
                return _too_complex([*exceeded, *over("tokens", self._tokens.most + 1, self._tokens)])
            return Refused(ParseFailed, formatted([error]), tuple(exceeded))
        except RecursionError:
            return Refused(ParseFailed, [{"message": TOO_DEEP}], tuple(exceeded))

    def _checked(self, text: str, ast: DocumentNode, before: list[LimitExceeded]) -> Document | Refused:
        tokens = _tokens(ast)
        try:
            counted = self._counting(ast)
        except SpreadsItself as cycle:
            return Refused(ValidationFailed, [_spreads_itself(cycle)], tuple(before))
        exceeded = (*before, *over("tokens", tokens, self.limits.tokens), *counted.exceeded)
        if any(each.enforced for each in exceeded):
            return _too_complex(exceeded)
        errors = validate(self._schema, ast, self._rules, MOST_ERRORS, self._hide_suggestions)
        if errors and errors[0].message == ABORTED:
            return Refused(QueryTooComplex, [{"message": TOO_ALIKE}], exceeded)
        if errors:
            return Refused(ValidationFailed, formatted(errors), exceeded)
        bounded = bounded_values(self._schema, ast)
        if outside := literals_outside(bounded):
            return Refused(BadUserInput, formatted(outside), exceeded)
        return Document(
            schema=self._schema,
            text=text,
            ast=ast,
            tokens=tokens,
            operations=_operations(ast),
            bounded=bounded,
            exceeded=exceeded,
            costs=counted.costs,
            cost=self.limits.cost,
            hide_suggestions=self._hide_suggestions,
            tell=self._tell,
        )


def _too_complex(exceeded: Sequence[LimitExceeded]) -> Refused:
    return Refused(QueryTooComplex, details_of(exceeded), tuple(exceeded))


def _tokens(ast: DocumentNode) -> int:
    """As the parser counts them: comments too, but neither the beginning nor the end."""
    assert ast.loc is not None, "parsed with locations"
    count = -2
    token: Token | None = ast.loc.start_token
    while token is not None:
        count += 1
        token = token.next
    return count


def _operations(ast: DocumentNode) -> dict[str | None, OperationDefinitionNode]:
    definitions = (each for each in ast.definitions if isinstance(each, OperationDefinitionNode))
    return {each.name.value if each.name else None: each for each in definitions}


def _spreads_itself(cycle: SpreadsItself) -> dict[str, str]:
    names = " → ".join(f"`{name:.100}`" for name in cycle.path[:MOST_ERRORS])
    more = "" if len(cycle.path) <= MOST_ERRORS else " → …"
    return {"message": f"A fragment cannot spread itself: {names}{more}."}
