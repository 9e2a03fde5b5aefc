"""From a page and its settings to an ASGI app."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, nullcontext

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from bff.cache.redis.store import RedisShared
from bff.cache.shared import SharedStore
from bff.engine import Engine
from bff.errors import SettingsError
from bff.events import Listener
from bff.execution.documents import Documents
from bff.execution.prepared import prepared_schema
from bff.page import Page
from bff.settings import Settings, problems_for_serving
from bff.standing import Standing
from bff.telemetry.loop_watch import LoopWatch
from bff.transport import Transport
from bff.transport.over_pyreqwest import PyreqwestTransport
from bff.upstream import Upstream
from bff.web.graphql import FaultsOf, GraphQLEndpoint, no_faults
from bff.web.in_flight import InFlight
from bff.web.inbound_budget import PageBudget
from bff.web.inspection import Inspection
from bff.web.keys import Keys
from bff.web.observed import Observed
from bff.web.pages import PageFiles
from bff.web.proxies import Proxies
from bff.web.serving.connections import Connections
from bff.web.showing import Showing
from bff.web.trace_context import Tracing
from bff.web.viewer import Identify, JwtViewer


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
    transport = transport or PyreqwestTransport()
    observed = Observed(settings, worker=worker, listeners=listeners)
    tell = observed.tell
    engine = Engine(
        _upstreams(page, settings, tell),
        transport=transport,
        shared=shared or _shared(settings),
        cache_memory=settings.cache_memory,
        tell=tell,
    )
    in_flight, connections = InFlight(), Connections()
    observed.watch(lambda: Standing(*engine.standing(), in_flight.pages, connections.open, connections.made))
    schema = prepared_schema(page)
    endpoint = GraphQLEndpoint(
        schema=schema,
        documents=Documents(schema._schema),  # strawberry has no public name for it
        engine=engine,
        identify=identify or _jwt(settings, transport),
        faults_of=faults_of,
        budget=PageBudget(settings.page_deadline, Proxies(settings.trusted_proxies)),
        degraded_as=settings.degraded_as,
        tracing=Tracing(on=settings.traces.endpoint is not None, share=settings.traces.share),
        showing=Showing(Inspection(open=shows_waterfalls, token=settings.admin.token), settings.server_timing),
        in_flight=in_flight,
        tell=tell,
    )
    watch = LoopWatch(tell) if watch_loop else nullcontext()
    app = Starlette(routes=_routes(page, endpoint), lifespan=_lifespan(engine, observed, watch))
    app.state.engine, app.state.telemetry, app.state.connections = engine, observed, connections
    return app


def _routes(page: Page, endpoint: GraphQLEndpoint) -> list[BaseRoute]:
    async def graphql(request: Request) -> Response:
        return await endpoint(request)

    routes: list[BaseRoute] = [
        Route("/graphql", graphql, methods=["POST"]),
        Route("/graphql", _post_only, methods=["GET", "PUT", "PATCH", "DELETE", "OPTIONS"]),
        Route("/health/live", _live),
        Route("/health/ready", _ready),
    ]
    if page.frontend is not None:
        routes.append(Mount("/", PageFiles(page.frontend)))
    return routes


async def _post_only(_: Request) -> Response:
    return PlainTextResponse("Send a query here by POST.", 405, {"allow": "POST"})


async def _live(_: Request) -> Response:
    return PlainTextResponse("live")


async def _ready(_: Request) -> Response:
    """Ready whatever upstreams do: the page is served without them."""
    return PlainTextResponse("ready")


def _lifespan(
    engine: Engine, observed: Observed, watch: AbstractContextManager[object]
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await engine.open()
        try:
            with observed.open(), watch:
                yield
        finally:
            await engine.close()

    return lifespan


def _upstreams(page: Page, settings: Settings, tell: Listener) -> list[Upstream]:
    upstreams = []
    for source in page.sources:
        own = settings.sources[source.name]
        assert own.url is not None, "settings without a URL are refused above"
        upstreams.append(Upstream.under(source, own.url, own.policy, tell))
    return upstreams


def _shared(settings: Settings) -> SharedStore | None:
    if settings.cached_in_process:
        return None
    try:
        return RedisShared.at(settings.cache_url)
    except ValueError as error:
        raise SettingsError([f"BFF_CACHE_URL: what it holds is not a URL that can be used: {error}"]) from error


def _jwt(settings: Settings, transport: Transport) -> Identify:
    assert settings.auth is not None, "settings without a way to authenticate are refused above"
    return JwtViewer(settings.auth, Keys(settings.auth.jwks_url, transport))
