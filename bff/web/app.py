"""From a page and its settings to an ASGI app."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from bff.cache.redis.store import RedisShared
from bff.cache.redis.texts import RedisTexts
from bff.cache.shared import SharedStore
from bff.engine import Engine
from bff.errors import SettingsError
from bff.events import Listener, unheard
from bff.execution.persisted.finder import DocumentFinder
from bff.execution.persisted.opening import document_finder, trusted_documents
from bff.execution.prepared import prepared_schema
from bff.introduction import Introduction
from bff.page import Page
from bff.pseudonyms import new_key
from bff.settings import Settings, problems_for_serving
from bff.standing import Standing
from bff.telemetry.loop_watch import LoopWatch
from bff.transport import Transport
from bff.transport.over_pyreqwest import PyreqwestTransport
from bff.upstream import Upstream
from bff.web.cross_site import CrossSite
from bff.web.edge import Edge
from bff.web.graphql import FaultsOf, GraphQLEndpoint, no_faults
from bff.web.inbound_budget import PageBudget
from bff.web.inspection import Inspection
from bff.web.observed import Observed
from bff.web.pages import PageFiles
from bff.web.readiness import Readiness
from bff.web.reading.size import Size
from bff.web.showing import Showing
from bff.web.trace_context import Tracing
from bff.web.viewer import Identify


def create_app(
    page: Page,
    settings: Settings,
    *,
    transport: Transport | None = None,
    shared: SharedStore | None = None,
    identify: Identify | None = None,
    faults_of: FaultsOf = no_faults,
    listeners: Sequence[Listener] = (),
    watch_loop: bool = True,
    shows_waterfalls: bool = False,
    worker: str = "0",
) -> Starlette:
    """The app that serves a page. It owns all it opens, and two of them share nothing.

    Its `state.engine` is the `Engine`, for code of a team's own that has to forget what is cached; `state.telemetry` is
    what the admin listener asks, `state.connections` what the server counts.

    A thread of its own watches the event loop, unless `watch_loop` is false. Where `shows_waterfalls` is true, whoever
    asks for a request's waterfall gets it, without a token. `worker` is the name of this process among several. The
    ports default to what the settings name: pyreqwest, the cache at `cache_url`, tokens of `auth`. Raises
    `SettingsError` where an upstream has no URL, or nobody could be authenticated.
    """
    problems = problems_for_serving(settings, authenticated_otherwise=identify is not None)
    if problems:
        raise SettingsError(problems)
    key = settings.pseudonym_key or new_key()
    introductions = {name: Introduction.of(name, own.identity, key) for name, own in settings.sources.items()}
    transport = transport or PyreqwestTransport({each.tls for each in introductions.values() if each.tls})
    schema = prepared_schema(page)
    core = schema._schema  # strawberry has no public name for it
    trusted = trusted_documents(core, settings.limits, settings.operations, unheard)
    observed = Observed(settings, worker=worker, listeners=listeners, operations=trusted.operation_names)
    tell = observed.tell
    engine = Engine(
        _upstreams(page, settings, tell, introductions),
        transport=transport,
        shared=shared or _shared(settings),
        cache_memory=settings.cache_memory,
        tell=tell,
    )
    edge = Edge.of(settings, transport, tell, identify)
    observed.watch(lambda: _standing(engine, edge))
    documents = document_finder(
        core,
        settings.limits,
        settings.operations,
        introspection=settings.introspection,
        trusted=trusted,
        texts=None if settings.cached_in_process else RedisTexts.at(settings.cache_url),
        tell=tell,
    )
    endpoint = GraphQLEndpoint(
        schema=schema,
        documents=documents,
        engine=engine,
        identify=edge.identify,
        faults_of=faults_of,
        budget=PageBudget(settings.page_deadline, edge.proxies),
        degraded_as=settings.degraded_as,
        tracing=Tracing(on=settings.traces.endpoint is not None, share=settings.traces.share),
        showing=Showing(Inspection(open=shows_waterfalls, token=settings.admin.token), settings.server_timing),
        proxies=edge.proxies,
        rates=edge.rates,
        cross_site=CrossSite(settings.cors_origins),
        size=Size(settings.limits.body, tell),
        gate=edge.gate,
        tell=tell,
    )
    watch = LoopWatch(tell) if watch_loop else nullcontext()
    app = Starlette(
        routes=_routes(page, endpoint, edge.readiness),
        middleware=edge.middleware,
        lifespan=_lifespan(engine, documents, edge, observed, watch),
    )
    app.state.engine, app.state.telemetry = engine, observed
    app.state.connections, app.state.gate, app.state.readiness = edge.connections, edge.gate, edge.readiness
    return app


def _routes(page: Page, endpoint: GraphQLEndpoint, readiness: Readiness) -> list[BaseRoute]:
    async def graphql(request: Request) -> Response:
        return await endpoint(request)

    async def ready(_: Request) -> Response:
        """Ready whatever upstreams do: the page is served without them."""
        return PlainTextResponse("ready") if readiness.ready else PlainTextResponse("unready", 503)

    routes: list[BaseRoute] = [
        Route("/graphql", graphql, methods=["GET", "POST"]),
        Route("/graphql", _other_methods, methods=["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]),
        Route("/health/live", _live),
        Route("/health/ready", ready),
    ]
    if page.frontend is not None:
        routes.append(Mount("/", PageFiles(page.frontend)))
    return routes


async def _other_methods(_: Request) -> Response:
    return PlainTextResponse("Send a query here by GET or POST.", 405, {"allow": "GET, HEAD, POST"})


async def _live(_: Request) -> Response:
    return PlainTextResponse("live")


def _lifespan(
    engine: Engine,
    documents: DocumentFinder,
    edge: Edge,
    observed: Observed,
    watch: AbstractContextManager[object],
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as ending:
            ending.push_async_callback(engine.close)
            ending.push_async_callback(documents.close)
            await engine.open()
            await ending.enter_async_context(edge.open())
            with observed.open(), watch:
                yield

    return lifespan


def _standing(engine: Engine, edge: Edge) -> Standing:
    connections = edge.connections
    return Standing(
        *engine.standing(), edge.in_flight.pages, connections.open, connections.made, ready=edge.readiness.ready
    )


def _upstreams(
    page: Page, settings: Settings, tell: Listener, introductions: Mapping[str, Introduction]
) -> list[Upstream]:
    upstreams = []
    for source in page.sources:
        own = settings.sources[source.name]
        assert own.url is not None, "settings without a URL are refused above"
        upstreams.append(Upstream.under(source, own.url, own.policy, tell, introductions[source.name]))
    return upstreams


def _shared(settings: Settings) -> SharedStore | None:
    if settings.cached_in_process:
        return None
    try:
        return RedisShared.at(settings.cache_url)
    except ValueError as error:
        raise SettingsError([f"BFF_CACHE_URL: what it holds is not a URL that can be used: {error}"]) from error
