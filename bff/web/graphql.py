"""`POST /graphql`: one request from its headers to its answer."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from graphql import ExperimentalIncrementalExecutionResults
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from strawberry.types import ExecutionResult

from bff.ask import Origin
from bff.context import Context
from bff.engine import Engine
from bff.errors import INTERNAL, RequestError, Unauthenticated
from bff.events import Listener, PageFinished
from bff.execution.asked import Asked
from bff.execution.document import Document
from bff.execution.persisted.finder import DocumentFinder
from bff.loaders import Loaders
from bff.page_schema import PageSchema
from bff.page_timeline import PagePhase, PageTimeline, Verdict
from bff.report import Report
from bff.resilience.deadline import Deadline
from bff.timeline import clock
from bff.web.admission import Gate
from bff.web.answer import Answer, Terms, answered, crashed, refused
from bff.web.cross_site import CrossSite
from bff.web.inbound_budget import PageBudget
from bff.web.incremental.accepted import ANYTHING, Accepted, accepted
from bff.web.presence import CLIENT_LEFT, ClientGone, while_present
from bff.web.proxies import Proxies
from bff.web.rate.limits import RateLimits
from bff.web.reading import read
from bff.web.reading.size import Size
from bff.web.showing import Showing
from bff.web.trace_context import Tracing, request_id
from bff.web.viewer import Identify

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
    documents: DocumentFinder
    engine: Engine
    identify: Identify
    faults_of: FaultsOf
    budget: PageBudget
    degraded_as: str
    tracing: Tracing
    showing: Showing
    proxies: Proxies
    rates: RateLimits
    cross_site: CrossSite
    size: Size
    gate: Gate
    tell: Listener

    async def __call__(self, request: Request) -> Response:
        """The answer, whatever happens: refusals are coded, bugs are masked, a client that left gets none."""
        page = self._began(request.headers)
        try:
            return await self._answer(request, page)
        finally:
            if page.ended_at is not None:  # one in frames ends with the last of them
                self._finished(page)

    def _finished(self, page: PageTimeline) -> None:
        self.gate.waited(page.waited())
        self.tell(PageFinished(page))

    async def _answer(self, request: Request, page: PageTimeline) -> Response:
        deadline = Deadline.after(self.budget.seconds(request.headers, request.client and request.client.host))
        terms = self._terms(request, page, ANYTHING)
        try:
            terms = self._terms(request, page, accepted(request.headers.get("accept")))
            viewer = await self._let_in(request)
            page.mark(PagePhase.BODY)
            asked = await read(request, self.size)
            page.mark(PagePhase.DOCUMENT)
            document = await self.documents.of(asked)
            page.operation = document.name(asked.operation_name)
            document.check(asked.operation_name, asked.variables or {})
            page.mark(PagePhase.EXECUTE)
            context = self._context(request, viewer, document, deadline, page, in_frames=terms.frames is not None)
            result = await self._run(request, asked, context)
            page.mark(PagePhase.SERIALISE)
            if isinstance(result, ExecutionResult):
                report = page.report if terms.frames is None else page.report.at_once()
                answer = answered(result, report, terms)
                return self.showing.response(answer, page, terms, request.headers)
            return self._in_frames(result, context, page, terms, request.headers)
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

    async def _let_in(self, request: Request) -> str:
        """The viewer. One without an id would share the cache with every other one."""
        self.cross_site.check(request.headers)
        self.rates.check_address(self.proxies.client(request.headers, request.client and request.client.host))
        viewer = await self.identify(request.headers)
        if not viewer:
            raise Unauthenticated("Sign in: whoever asks has no id.")
        self.rates.check_viewer(viewer)
        return viewer

    async def _run(
        self, request: Request, asked: Asked, context: Context
    ) -> ExecutionResult | ExperimentalIncrementalExecutionResults:
        running = self.schema.execute(
            context.document.text,
            variable_values=asked.variables,
            operation_name=asked.operation_name,
            context_value=context,
        )
        # what is deferred comes as graphql-core has it, whatever Strawberry's annotation says
        result: ExecutionResult | ExperimentalIncrementalExecutionResults = await while_present(
            request.receive, running, context.loaders.abandon
        )
        return result

    def _in_frames(
        self,
        results: ExperimentalIncrementalExecutionResults,
        context: Context,
        page: PageTimeline,
        terms: Terms,
        headers: Mapping[str, str],
    ) -> Response:
        assert terms.frames is not None, "nothing is deferred for a client that takes no frames"
        return self.showing.in_frames(
            results,
            terms.frames,
            page,
            terms,
            headers,
            client_left=context.loaders.abandon,
            finished=lambda: self._finished(page),
        )

    def _context(
        self,
        request: Request,
        viewer: str,
        document: Document,
        deadline: Deadline,
        page: PageTimeline,
        *,
        in_frames: bool,
    ) -> Context:
        faults = self.faults_of(request.headers)
        forwarded = self.engine.forwarded(request.headers)
        origin = Origin(viewer, page.request_id, deadline, page.trace, faults, calls=page.calls, forwarded=forwarded)
        return Context(
            origin=origin,
            document=document,
            loaders=Loaders(lambda call, keys: self.engine.read(call, keys, origin)),
            policy=self.engine.policy,
            worth_waiting_for=self.engine.worth_waiting_for,
            report=page.report,
            in_frames=in_frames,
        )

    def _terms(self, request: Request, page: PageTimeline, accepts: Accepted) -> Terms:
        degraded_as = request.headers.get("x-bff-degraded-as")
        return Terms(
            request_id=page.request_id,
            trace_id=page.trace.trace_id,
            media_type=accepts.whole,
            degraded_as=degraded_as if degraded_as in ("extensions", "errors") else self.degraded_as,
            frames=accepts.frames,
            frames_only=accepts.frames_only,
        )
