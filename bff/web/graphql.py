"""`POST /graphql`: one request from its headers to its answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from strawberry.types import ExecutionResult

from bff.ask import Origin
from bff.context import Context
from bff.engine import Engine
from bff.errors import RequestError, Unauthenticated
from bff.execution.documents import Document, Documents
from bff.loaders import Loaders
from bff.page_schema import PageSchema
from bff.report import Report
from bff.resilience.deadline import Deadline
from bff.web.answer import Terms, answered, crashed, refused
from bff.web.body import GraphQLRequest, read_body
from bff.web.inbound_budget import PageBudget
from bff.web.media_type import JSON, answer_type
from bff.web.presence import ClientGone, while_present
from bff.web.trace_context import request_id, traceparent
from bff.web.viewer import Identify


class FaultsOf(Protocol):
    """Which sources one request wants broken; `bff dev` only."""

    def __call__(self, headers: Mapping[str, str], /) -> Mapping[str, str]:
        """Source name → fault."""


def no_faults(_: Mapping[str, str], /) -> Mapping[str, str]:
    """In production nobody breaks anything on purpose."""
    return {}


@dataclass(frozen=True, slots=True)
class GraphQLEndpoint:
    """What every request shares. Called with each."""

    schema: PageSchema
    documents: Documents
    engine: Engine
    identify: Identify
    faults_of: FaultsOf
    budget: PageBudget
    degraded_as: str

    async def __call__(self, request: Request) -> Response:
        """The answer, whatever happens: refusals are coded, bugs are masked, a client that left gets none."""
        deadline = Deadline.after(self.budget.seconds(request.headers, request.client and request.client.host))
        terms = self._terms(request, JSON)
        try:
            terms = self._terms(request, answer_type(request.headers.get("accept")))
            viewer = await self._viewer(request)
            asked = await read_body(request)
            document = self.documents.get(asked.query)
            document.check(asked.operation_name, asked.variables or {})
            return await self._run(request, viewer, asked, document, deadline, terms)
        except RequestError as error:
            return refused(error, terms)
        except (ClientGone, ClientDisconnect):
            return Response(status_code=499)
        except Exception as error:  # a bug, ours or in a team's `identify`, is an answer too
            return crashed(error, terms)

    async def _viewer(self, request: Request) -> str:
        """A viewer without an id would share the cache with every other one."""
        viewer = await self.identify(request.headers)
        if not viewer:
            raise Unauthenticated("Sign in: whoever asks has no id.")
        return viewer

    async def _run(
        self,
        request: Request,
        viewer: str,
        asked: GraphQLRequest,
        document: Document,
        deadline: Deadline,
        terms: Terms,
    ) -> Response:
        context = self._context(request, viewer, document, deadline, terms.request_id)
        running = self.schema.execute(
            asked.query,
            variable_values=asked.variables,
            operation_name=asked.operation_name,
            context_value=context,
        )
        result: ExecutionResult = await while_present(request.receive, running, context.loaders.abandon)
        return answered(result, context.report, terms)

    def _context(self, request: Request, viewer: str, document: Document, deadline: Deadline, known_as: str) -> Context:
        headers = request.headers
        origin = Origin(viewer, known_as, deadline, traceparent(headers.get("traceparent")), self.faults_of(headers))
        return Context(
            origin=origin,
            document=document,
            loaders=Loaders(lambda call, keys: self.engine.read(call, keys, origin)),
            policy=self.engine.policy,
            worth_waiting_for=self.engine.worth_waiting_for,
            report=Report(),
        )

    def _terms(self, request: Request, media_type: str) -> Terms:
        degraded_as = request.headers.get("x-bff-degraded-as")
        return Terms(
            request_id=request_id(request.headers.get("x-request-id")),
            media_type=media_type,
            degraded_as=degraded_as if degraded_as in ("extensions", "errors") else self.degraded_as,
        )
