"""The HTTP API and the page's files: parse, one call of the guide, print.

Verbs run in a thread pool; nothing here knows an engine. Every answer that is not 2xx is
problem+json (RFC 9457) with our ``code`` and ``hint``.
"""

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from starlette.exceptions import HTTPException

from dragoman.errors import DragomanError, NotFound, TooLarge, Unavailable
from dragoman.guide import Guide
from dragoman.serve.answers import add_answers
from dragoman.serve.asked import (
    FACETS,
    AskedSearch,
    accepted_languages,
    market_of,
    query_of,
    refused,
)
from dragoman.serve.events import add_events
from dragoman.serve.facts import add_facts
from dragoman.serve.owner import add_owner
from dragoman.serve.problems import problem
from dragoman.serve.profiles import add_profiles
from dragoman.serve.recommendations import add_recommendations
from dragoman.serve.shown import Json, Reader, facet_view, found_view, product_view, suggestions_view
from dragoman.serve.translated import translated
from dragoman.serve.translations import add_translations
from dragoman.settings import Settings
from dragoman.text.tags import canonical
from dragoman.types import Filter

log = logging.getLogger(__name__)
WEB = Path(__file__).parent / "web"
SECURITY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
}
# The page runs no script but its own files: product text can never become code.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'"
)


def create_app(guide: Guide, settings: Settings) -> FastAPI:
    """Return the application that serves ``guide``."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        guide.close()

    app = FastAPIOffline(
        title=settings.title,
        version="1",
        summary="Any language in, the right products out.",
        lifespan=lifespan,
    )
    _add_problems(app)
    _add_search(app, guide, settings)
    _add_products(app, guide)
    add_translations(app, guide)
    add_answers(app, guide)
    add_facts(app, guide)
    add_events(app, guide)
    add_recommendations(app, guide, settings)
    add_profiles(app, guide)
    add_owner(app, guide, settings)
    _add_health(app, guide)
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    _add_measuring(app, settings)
    _add_page(app, settings)
    return app


def _add_search(app: FastAPI, guide: Guide, settings: Settings) -> None:
    @app.post("/v1/search", tags=["search"])
    def search(asked: AskedSearch, request: Request) -> Json:
        """Find products for words in any language."""
        started = time.perf_counter()
        accepted = accepted_languages(request.headers.get("accept-language", ""))
        query = query_of(asked, accepted, settings.currency)
        found = guide.search(query, facets=FACETS if asked.facets else ())
        reader = Reader(query.langs or ("en",), query.market)
        view = found_view(found, reader)
        view = translated(view, guide, reader) if asked.translate else view
        # What the page sends back with what the shopper does with this list.
        view |= {"impression": uuid4().hex, "variant": guide.variant(query.shopper)}
        spent = (time.perf_counter() - started) * 1000
        langs, hits = ",".join(query.langs), len(found.hits)
        log.info("search langs=%s market=%s k=%d hits=%d ms=%.1f", langs, query.market, query.k, hits, spent)
        log.debug("search text=%r", query.text)
        return view

    @app.get("/v1/suggest", tags=["search"])
    def suggestions(
        request: Request,
        q: Annotated[str, Query(max_length=2000)] = "",
        lang: Annotated[str, Query(max_length=100)] = "",
        k: Annotated[int, Query(ge=1, le=20)] = 8,
    ) -> Json:
        """Propose whole queries for what is being typed, in any language."""
        accepted = accepted_languages(request.headers.get("accept-language", ""))
        spoken = canonical(lang) if lang else next(iter(accepted), "")
        return suggestions_view(guide.suggest(q, lang=spoken, k=k))

    @app.get("/v1/facets", tags=["search"])
    def facets(
        request: Request,
        names: Annotated[str, Query(max_length=500)] = ",".join(FACETS),
        market: str = "",
        k: Annotated[int, Query(ge=1, le=1000)] = 50,
        lang: Annotated[str, Query(max_length=100)] = "",
    ) -> Json:
        """Count the commonest values of each named facet over the catalogue, and show them in ``lang``."""
        wanted = [name.strip() for name in names.split(",") if name.strip()]
        counted = guide.facets(wanted, Filter(market=market_of(market)), k)
        accepted = accepted_languages(request.headers.get("accept-language", ""))
        reader = Reader((canonical(lang),) if lang else tuple(accepted) or ("en",))
        return {"facets": [facet_view(facet, reader) for facet in counted]}

    @app.get("/v1/shop", tags=["search"])
    def shop() -> Json:
        """Tell what the shop holds: how many products, in which languages, for which markets."""
        lang, market = guide.facets(["lang", "market"], Filter(), 100)
        markets = settings.markets or tuple(count.value for count in market.counts if count.value)
        return {
            "title": settings.title,
            "products": guide.count(),
            "langs": settings.langs or [count.value for count in lang.counts],
            "markets": sorted(markets),
            "currency": settings.currency,
        }


def _add_products(app: FastAPI, guide: Guide) -> None:
    @app.get("/v1/products", tags=["products"])
    def products(after: str = "", k: Annotated[int, Query(ge=1, le=1000)] = 100) -> Json:
        """List product ids in id order, a page at a time."""
        ids = guide.ids(after, k)
        return {"ids": ids, "after": ids[-1] if len(ids) == k else ""}

    # `:path` lets an id contain slashes, as ids of real feeds do.
    @app.get("/v1/products/{id:path}", tags=["products"])
    def product(id: str, request: Request, lang: str = "", market: str = "", translate: bool = False) -> Json:
        """Return one product as a reader of ``lang`` sees it, the offers for their ``market`` first."""
        accepted = accepted_languages(request.headers.get("accept-language", ""))
        langs = (canonical(lang),) if lang else tuple(accepted) or ("en",)
        reader = Reader(langs, market_of(market))
        view = product_view(guide.product(id), guide.passages(id), reader)
        return translated(view, guide, reader) if translate else view


def _add_health(app: FastAPI, guide: Guide) -> None:
    @app.get("/health/live", tags=["health"])
    def live() -> Json:
        """Say that the process answers."""
        return {"status": "ok"}

    @app.get("/health/ready", tags=["health"])
    def ready() -> Json:
        """Say that the encoder and the index answer; 503 if one does not."""
        guide.probe()
        return {"status": "ok", "products": guide.count()}


def _add_measuring(app: FastAPI, settings: Settings) -> None:
    registry = CollectorRegistry()
    requests = Counter("dragoman_requests_total", "Requests", ["route", "status"], registry=registry)
    buckets = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
    seconds = Histogram("dragoman_seconds", "Request time", ["route"], registry=registry, buckets=buckets)

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        return PlainTextResponse(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    @app.middleware("http")
    async def measure(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        started = time.perf_counter()
        length = request.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > settings.max_body:
            error = TooLarge(f"body of {length} bytes", hint=f"send at most {settings.max_body} bytes")
            response: Response = _problem_response(error)
        elif request.headers.get("transfer-encoding"):
            error = TooLarge("body of unknown length", hint="send a Content-Length header")
            response = _problem_response(error)
        else:
            response = await call(request)
        found = request.scope.get("route")
        route = getattr(found, "path", "other")
        requests.labels(route, response.status_code).inc()
        seconds.labels(route).observe(time.perf_counter() - started)
        for name, value in SECURITY.items():
            response.headers[name] = value
        return response


def _add_page(app: FastAPI, settings: Settings) -> None:
    @app.get("/", include_in_schema=False)
    def page() -> Response:
        return FileResponse(WEB / "index.html", headers={"content-security-policy": PAGE_POLICY})

    app.mount("/web", _Web(directory=WEB), name="web")
    if settings.pictures:
        app.mount("/pictures", _Pictures(directory=settings.pictures), name="pictures")


class _Web(StaticFiles):
    """The page's own files: asked for anew by their tag each time, so that an upgrade shows at once."""

    def file_response(self, *args: Any, **options: Any) -> Response:  # Any: Starlette's own signature
        response = super().file_response(*args, **options)
        response.headers["cache-control"] = "no-cache"
        return response


class _Pictures(StaticFiles):
    """A shop's pictures; an SVG opened by itself may run no script either."""

    def file_response(self, *args: Any, **options: Any) -> Response:  # Any: Starlette's own signature
        response = super().file_response(*args, **options)
        response.headers["content-security-policy"] = "default-src 'none'; style-src 'unsafe-inline'"
        return response


def _add_problems(app: FastAPI) -> None:
    @app.exception_handler(DragomanError)
    async def ours(_: Request, error: DragomanError) -> Response:
        return _problem_response(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        return _problem_response(refused(error.errors()))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            return _problem_response(NotFound(f"no page {request.url.path!r}", hint="the API is at /docs"))
        body = {"type": "about:blank", "title": str(error.detail), "status": error.status_code}
        body |= {"detail": str(error.detail), "code": "http", "hint": "the API is at /docs"}
        return JSONResponse(body, error.status_code, error.headers, "application/problem+json")

    @app.exception_handler(Exception)
    async def ours_to_mend(request: Request, error: Exception) -> Response:
        log.error("fault path=%s", request.url.path, exc_info=error)
        body = problem(Unavailable("the guide failed on this request", hint="it is in the server's log"))
        body |= {"status": 500, "code": "fault", "title": "Fault"}
        return JSONResponse(body, 500, media_type="application/problem+json")


def _problem_response(error: DragomanError) -> JSONResponse:
    body = problem(error)
    return JSONResponse(body, body["status"], media_type="application/problem+json")
