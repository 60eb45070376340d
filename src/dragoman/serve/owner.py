"""The owner's dashboard: the report of the last days, live from the journal, for the owner only."""

import time
from base64 import b64decode
from binascii import Error as NoBase64
from dataclasses import dataclass, field
from functools import partial
from hmac import compare_digest
from ipaddress import ip_address
from threading import Lock
from typing import Annotated, Final

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from dragoman.errors import NotFound
from dragoman.guide import Guide
from dragoman.measure.shop_gather import Shelf
from dragoman.serve.asked import accepted_languages
from dragoman.serve.report_frame import page_policy
from dragoman.serve.report_page import day_links, empty_page, report_page
from dragoman.serve.report_words import Words, words_for
from dragoman.serve.reports import OwnersReport, owners_report, report_view, shelf_of
from dragoman.serve.shown import Json
from dragoman.settings import Settings
from dragoman.text.tags import canonical

_DAY_S: Final = 86_400.0
_REPORT_S: Final = 60.0  # a report is made anew after so long,
_SHELF_S: Final = 600.0  # and the catalogue read anew: a minute's work for a million products
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")

_Days = Annotated[int, Query(ge=1, le=366, description="how many days back")]


def add_owner(app: FastAPI, guide: Guide, settings: Settings) -> None:
    """Add the owner's page and its figures."""
    lately = _Lately(guide)

    @app.get("/owner", include_in_schema=False)
    def owner(request: Request, days: _Days = 28, lang: str = "") -> Response:
        admit(request, settings.owner_key)
        accepted = accepted_languages(request.headers.get("accept-language", ""))
        words = words_for([canonical(lang)] if lang else accepted)
        page = _page(lately, days, words, settings.title)
        headers = {"content-security-policy": f"{page_policy()}; frame-ancestors 'none'"}
        return HTMLResponse(page, headers=headers | {"cache-control": "no-store"})

    @app.get("/v1/report", tags=["owner"])
    def report(request: Request, response: Response, days: _Days = 28) -> Json:
        """Return how the shop serves its markets, languages and sellers; for the owner only."""
        admit(request, settings.owner_key)
        response.headers["cache-control"] = "no-store"
        return report_view(lately.report(days))


def admit(request: Request, key: str) -> None:
    """Let the owner pass: who sends the key, or, where the settings hold none, who sits at this machine.

    Raises:
        HTTPException: 401 for anybody else.
    """
    if key:
        sent = _sent_key(request.headers.get("authorization", ""))
        is_owner = compare_digest(sent.encode("utf-8", "replace"), key.encode())
        remedy = "send the setting owner_key as a bearer token, or as the password a browser asks for"
    else:
        is_owner = _is_local(request)
        remedy = "set owner_key to read it from another machine"
    if not is_owner:
        # One challenge each: Chromium asks its user for nothing where several stand in one header.
        is_browser = "text/html" in request.headers.get("accept", "")
        scheme = "Basic" if is_browser else "Bearer"
        asks = {"www-authenticate": f'{scheme} realm="owner"'} if key else None
        raise HTTPException(401 if key else 403, f"the report is for the shop's owner: {remedy}", asks)


def _sent_key(header: str) -> str:
    """The bearer token, or the password of a browser's own dialogue."""
    kind, _, rest = header.partition(" ")
    if kind.lower() == "bearer":
        return rest.strip()
    if kind.lower() != "basic":
        return ""
    try:
        return b64decode(rest.strip(), validate=True).decode("utf-8", "replace").partition(":")[2]
    except NoBase64:
        return ""


def _is_local(request: Request) -> bool:
    """Whether a request comes from this very machine and was meant for it.

    A proxy on this machine passes strangers on from a loopback address, and a stranger's page may point
    its own name at one (DNS rebinding): both betray themselves by a header.
    """
    host = request.url.hostname or ""
    named = host == "localhost" or _is_loopback(host)
    is_passed_on = any(name in request.headers for name in _FORWARDED)
    return named and not is_passed_on and _is_loopback(request.client.host if request.client else "")


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(slots=True)
class _Lately:
    """Reports of the last days, kept for a minute; one is made at a time."""

    guide: Guide
    made: dict[int, tuple[float, OwnersReport]] = field(default_factory=dict)
    shelf: tuple[float, Shelf] | None = None
    lock: Lock = field(default_factory=Lock)

    def report(self, days: int) -> OwnersReport:
        with self.lock:
            clock = time.monotonic()
            self.made = {n: kept for n, kept in self.made.items() if clock - kept[0] < _REPORT_S}
            if days not in self.made:
                now = time.time()
                found = owners_report(
                    self.guide, now - days * _DAY_S, now + _DAY_S, partial(self._held, clock)
                )
                self.made[days] = (clock, found)
            return self.made[days][1]

    def _held(self, clock: float) -> Shelf:
        if self.shelf is None or clock - self.shelf[0] >= _SHELF_S:
            self.shelf = (clock, shelf_of(self.guide))
        return self.shelf[1]


def _page(lately: _Lately, days: int, words: Words, title: str) -> str:
    links = day_links(words, days)
    try:
        return report_page(lately.report(days), words, title=title, links=links)
    except NotFound:
        return empty_page(words, title=title, links=links)
