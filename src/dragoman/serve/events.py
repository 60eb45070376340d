"""The HTTP route of events: what shoppers did, one, several or line by line; a bad one loses no good one."""

import logging
import time
from typing import Annotated

import orjson
from fastapi import FastAPI, Header, Request
from starlette.concurrency import run_in_threadpool

from dragoman.errors import BadInput
from dragoman.guide import Guide
from dragoman.recommend import Line, Recorded, Taking
from dragoman.serve.shown import Json
from dragoman.types import Rejection

log = logging.getLogger(__name__)

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "description": "An event or a list of them: ours, UBI 1.3, GA4 or Google Retail.",
                    "oneOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}],
                },
                "example": {
                    "id": "9f1c-1",
                    "kind": "view",
                    "shopper": "s-1",
                    "product": "B000Y0GH5S",
                    "market": "DE",
                },
            },
            "application/x-ndjson": {"schema": {"type": "string", "description": "an event a line"}},
        },
    }
}


def add_events(app: FastAPI, guide: Guide) -> None:
    """Add the route that takes events."""

    @app.post("/v1/events", tags=["shoppers"], openapi_extra=_BODY)
    async def events(
        request: Request,
        idempotency_key: Annotated[str, Header(max_length=200)] = "",
        user_agent: Annotated[str, Header(max_length=2000)] = "",
    ) -> Json:
        """Record what shoppers did; durable when it answers.

        Sending it again changes nothing if each event has an ``id`` (or says when: ``at``), or the request an
        ``Idempotency-Key``; otherwise it happened again, at the time it was received.
        """
        lines = lines_of_body(await request.body())
        taking = Taking(guide.audience.mask, time.time(), key=idempotency_key, agent=user_agent)
        done = await run_in_threadpool(guide.record, lines, taking)
        log.info("events read=%d recorded=%d rejected=%d", done.read, done.recorded, done.rejected)
        if done.rejected and done.rejected == done.read:
            first = done.rejections[0]
            raise BadInput(f"{first.field} {first.problem}: {first.value!r}", hint=first.remedy)
        return recorded_view(done)


def lines_of_body(body: bytes) -> list[Line]:
    """Return the rows of a body: of a JSON list, one JSON object, or JSON lines.

    >>> [line.number for line in lines_of_body(b'{"kind": "view"}\\n{"kind": "buy"}')]
    [1, 2]

    Raises:
        BadInput: there is nothing in it.
    """
    try:
        value = orjson.loads(body)
    except ValueError:
        lines = body.splitlines()
        rows = [Line(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip()]
    else:
        rows = [
            Line(number, row) for number, row in enumerate(value if isinstance(value, list) else [value], 1)
        ]
    if not rows:
        raise BadInput("no events", hint='send an event, a list of them, or one a line: {"kind": "view", …}')
    return rows


def recorded_view(done: Recorded) -> Json:
    """Return what became of the rows as the body of ``POST /v1/events``."""
    return {
        "read": done.read,
        "recorded": done.recorded,
        "known": done.known,
        "repeated": done.repeated,
        "bots": done.bots,
        "ignored": done.ignored,
        "rejected": done.rejected,
        "rejections": [rejection_view(one) for one in done.rejections],
    }


def rejection_view(one: Rejection) -> Json:
    """Return a row that was refused, and what to do about it."""
    told = {"line": one.line, "field": one.field, "value": one.value, "problem": one.problem}
    return told | {"remedy": one.remedy} | ({"source": one.source} if one.source else {})
