"""`POST /graphql`: one request from its headers to its answer."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from strawberry.types import ExecutionResult

from bff.ask import Origin
from bff.context import Context
from bff.engine import Engine
from bff.errors import INTERNAL, RequestError, Unauthenticated
from bff.events import Listener, PageFinished
from bff.execution.documents import Document, Documents
from bff.loaders import Loaders
from bff.page_schema import PageSchema
from bff.page_timeline import PagePhase, PageTimeline, Verdict
from bff.report import Report
from bff.resilience.deadline import Deadline
from bff.timeline import clock
from bff.web.answer import Answer, Terms, answered, crashed, refused
from bff.web.body import GraphQLRequest, read_body
from bff.web.in_flight import InFlight
from bff.web.inbound_budget import PageBudget
from bff.web.media_type import JSON, answer_type
from bff.web.presence import ClientGone, while_present
from bff.web.showing import Showing
from bff.web.trace_context import Tracing, request_id
from bff.web.viewer import Identify

CLIENT_LEFT: Final = 499
"""As nginx has it: nobody reads this answer."""

MOST_OF_A_NAME: Final = 100

OF_A_GATEWAY: Final = frozenset({"via", "forwarded", "x-forwarded-for", "x-envoy-expected-rq-timeout-ms"})
"""Headers by which a proxy shows that it stands before us."""


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
    tracing: Tracing
    showing: Showing
    in_flight: InFlight
    tell: Listener

    async def __call__(self, request: Request) -> Response:
        """The answer, whatever happens: refusals are coded, bugs are masked, a client that left gets none."""
        page = self._began(request.headers)
        with self.in_flight:
            try:
                return await self._answer(request, page)
            finally:
                self.tell(PageFinished(page))

    async def _answer(self, request: Request, page: PageTimeline) -> Response:
        deadline = Deadline.after(self.budget.seconds(request.headers, request.client and request.client.host))
        terms = self._terms(request, page, JSON)
        try:
            terms = self._terms(request, page, answer_type(request.headers.get("accept")))
            viewer = await self._viewer(request)
            page.mark(PagePhase.BODY)
            asked = await read_body(request)
            page.mark(PagePhase.DOCUMENT)
            document = self.documents.get(asked.query)
            page.operation = document.name(asked.operation_name)
            document.check(asked.operation_name, asked.variables or {})
            page.mark(PagePhase.EXECUTE)
            result = await self._run(request, viewer, asked, document, deadline, page)
            page.mark(PagePhase.SERIALISE)
            answer = answered(result, page.report, terms)
            return self.showing.response(answer, page, terms, request.headers)
        except RequestError as error:
            return self._ended(page, Verdict.REFUSED, refused(error, terms), terms, error.code)
        except (ClientGone, ClientDisconnect, asyncio.CancelledError) as gone:
            page.ends(CLIENT_LEFT, Verdict.GONE, 0)
            if isinstance(gone, asyncio.CancelledError):
                raise
            return Response(status_code=CLIENT_LEFT)
        except Exception as error:  # a bug, ours or in a team's `identify`, is an answer too
            return self._ended(page, Verdict.CRASHED, crashed(error, terms), terms, INTERNAL)

    def _began(self, headers: Mapping[str, str]) -> PageTimeline:
        page = PageTimeline(
            request_id=request_id(headers.get("x-request-id")),
            trace=self.tracing.context(headers.get("traceparent")),
            started=time.time(),
            started_at=clock.now(),
            client=headers.get("x-client-name", "")[:MOST_OF_A_NAME] or None,
            report=Report(),
            calls=[],
            gateway=not OF_A_GATEWAY.isdisjoint(headers),
        )
        page.mark(PagePhase.VIEWER)
        return page

    def _ended(self, page: PageTimeline, verdict: Verdict, answer: Answer, terms: Terms, code: str) -> Response:
        response = answer.response(terms)
        page.ends(answer.status, verdict, len(response.body), code)
        return response

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
        page: PageTimeline,
    ) -> ExecutionResult:
        context = self._context(request, viewer, document, deadline, page)
        running = self.schema.execute(
            asked.query,
            variable_values=asked.variables,
            operation_name=asked.operation_name,
            context_value=context,
        )
        result: ExecutionResult = await while_present(request.receive, running, context.loaders.abandon)
        return result

    def _context(
        self, request: Request, viewer: str, document: Document, deadline: Deadline, page: PageTimeline
    ) -> Context:
        faults = self.faults_of(request.headers)
        origin = Origin(viewer, page.request_id, deadline, page.trace, faults, calls=page.calls)
        return Context(
            origin=origin,
            document=document,
            loaders=Loaders(lambda call, keys: self.engine.read(call, keys, origin)),
            policy=self.engine.policy,
            worth_waiting_for=self.engine.worth_waiting_for,
            report=page.report,
        )

    def _terms(self, request: Request, page: PageTimeline, media_type: str) -> Terms:
        degraded_as = request.headers.get("x-bff-degraded-as")
        return Terms(
            request_id=page.request_id,
            trace_id=page.trace.trace_id,
            media_type=media_type,
            degraded_as=degraded_as if degraded_as in ("extensions", "errors") else self.degraded_as,
        )
