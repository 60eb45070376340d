"""Turns what a row says into events, or says what is wrong with it. Knows the rules of fields, no journal."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final

from dragoman.errors import BadInput
from dragoman.recommend.masks import blotted
from dragoman.recommend.names import is_crawler, meaning, nearest_name
from dragoman.recommend.shapes import Named, Said
from dragoman.text.countries import country
from dragoman.text.tags import canonical
from dragoman.types import Event, EventKind

FIELDS: Final = (
    "kind", "id", "shopper", "at", "product", "products", "query", "impression", "position", "value",
    "session", "market", "lang", "variant", "consent", "agent", "brand", "category", "hits",
)  # fmt: skip
"""The names of our own shape: ``{"kind": "view", "shopper": "s1", "product": "p1", "at": …}``."""

AHEAD_S: Final = 300.0  # how far a clock may be ahead of ours
_LONGEST: Final = {"query": 500, "shopper": 128}  # characters; of anything else:
_LONG: Final = 200
_MOST_PRODUCTS: Final = 1_000
_NO: Final = {"0", "no", "n", "false", "denied", "refused", "off"}
_WITHOUT_PRODUCT: Final = {"search"}
_ABOUT: Final = {"like", "follow", "dismiss"}  # may be about a brand or a category
_OLDEST: Final = 631_152_000.0  # 1990: an earlier time is a broken clock's


@dataclass(frozen=True, slots=True)
class Told:
    """The events of one row; none if it says nothing of a taste. ``is_bot``: a crawler says it is one."""

    events: tuple[Event, ...]
    is_bot: bool = False


class Wrong(BadInput):
    """A field that cannot be taken: the row is refused, and no other."""

    def __init__(self, field: str, value: object, problem: str, remedy: str) -> None:
        super().__init__(f"{field} {problem}", hint=remedy)
        self.field, self.value, self.problem = field, str(value)[:60], problem


def told(said: Said, *, now: float, mask: Callable[[str], str], is_live: bool, fallback: str = "") -> Told:
    """Return the events of what one row says.

    Args:
        now: Seconds since 1970; a time more than five minutes later is refused.
        mask: Makes a shopper's name a pseudonym.
        is_live: Whether a missing time means now; a file has to say its times.
        fallback: What an id is made of where the row has none (an idempotency key and a place); "" makes
            it of the row's content.

    Raises:
        Wrong: a field is missing or broken.
    """
    kind = _kind(said.kind)
    if kind is None:
        return Told(())
    at = _at(said.at, now, is_live)
    has_consent = _has_consent(said.consent)
    event = Event(
        "",
        mask(_text("shopper", said.shopper)) if has_consent else "",
        kind,
        at,
        query=_words(said, kind),
        impression=_text("impression", said.impression),
        session=mask(_text("session", said.session)) if has_consent else "",
        market=_market(said.market),
        lang=_lang(said.lang),
        variant=_text("variant", said.variant),
        is_consented=has_consent,
    )
    made = [_with_product(event, named) for named in _products(said, kind)] or [_with_hits(event, said.hits)]
    given = _text("id", said.id) or fallback
    return Told(
        tuple(_with_id(one, given, place) for place, one in enumerate(made)),
        is_crawler(_text("agent", said.agent, longest=1_000)),
    )


def _kind(name: object) -> EventKind | None:
    """The kind of event; None where it is known to say nothing here."""
    if not isinstance(name, str) or not name.strip():
        raise Wrong("kind", name, "is missing", 'say what happened: "kind": "view", "cart", "buy" …')
    found = meaning(name)
    if found == "":
        raise Wrong("kind", name, "is unknown", f"did you mean {nearest_name(name)!r}?")
    return None if found == "ignored" else found


def _products(said: Said, kind: EventKind) -> Sequence[Named]:
    if len(said.products) > _MOST_PRODUCTS:
        raise Wrong("products", len(said.products), "are too many", f"at most {_MOST_PRODUCTS} a row")
    if kind in _WITHOUT_PRODUCT:
        return ()
    if not said.products and not (kind in _ABOUT and said.about):
        raise Wrong("product", "", "is missing", "give the product's id as the feed has it")
    return said.products


def _words(said: Said, kind: EventKind) -> str:
    """The words searched for; or, of a brand or category liked or dismissed, ``brand:Acme``."""
    if kind in _ABOUT and said.about and not said.products:
        name, value = next(iter(said.about.items()))
        return f"{name}:{_text(name, value)}"
    words = blotted(_text("query", said.query))
    if kind == "search" and not words:
        raise Wrong("query", said.query, "is missing", "give the words that were searched for")
    return words


def _with_hits(event: Event, hits: object) -> Event:
    """A search with how many hits it found, if that is told: -1 is none, for 0 says nothing."""
    if event.kind != "search" or hits in (None, ""):
        return event
    count = _number("hits", hits, "how many products were found")
    if count < 0 or count > 1e12:
        raise Wrong("hits", hits, "is no number of products", "write a whole number from 0")
    return _replaced(event, "", 0, count or -1.0)


def _with_product(event: Event, named: Named) -> Event:
    id_ = _text("product", named.id)
    if not id_:
        raise Wrong("product", named.id, "is missing", "give the product's id as the feed has it")
    return _replaced(event, id_, _position(named.position), _value(named.value, event.kind))


def _replaced(event: Event, product: str, position: int, value: float) -> Event:
    # By hand: `dataclasses.replace` takes four times as long, and files hold millions.
    return Event(
        event.id, event.shopper, event.kind, event.at, product, event.query, event.impression, position,
        value, event.session, event.market, event.lang, event.variant, event.is_consented,
    )  # fmt: skip


def _with_id(event: Event, given: str, place: int) -> Event:
    """Name the event: as told, or by its content, so that the same row sent twice is one event."""
    if given:
        name = f"{given}/{place}" if place else given
    else:
        content = "\x1f".join(
            (
                event.shopper, event.kind, repr(event.at), event.product, event.query, event.impression,
                str(event.position), repr(event.value), event.session, event.market, str(place),
            )
        )  # fmt: skip
        name = blake2b(content.encode(), digest_size=16).hexdigest()
    return Event(
        name, event.shopper, event.kind, event.at, event.product, event.query, event.impression,
        event.position, event.value, event.session, event.market, event.lang, event.variant,
        event.is_consented,
    )  # fmt: skip


def _text(field: str, value: object, longest: int = 0) -> str:
    """A text or a number as text, single spaces, no control characters."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Wrong(field, value, "is no text", f'write "{field}": "…"')
    text = str(value)
    if len(text) > (limit := longest or _LONGEST.get(field, _LONG)):
        raise Wrong(field, value, f"has {len(text)} characters", f"at most {limit}")
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise Wrong(field, ascii(value), "holds half a character", "send the text as UTF-8")
    return " ".join("".join(" " if unicodedata.category(char) == "Cc" else char for char in text).split())


def _position(value: object) -> int:
    number = _number("position", value, "a place from 1")
    if number < 0 or number > 1e6 or number != int(number):
        raise Wrong("position", value, "is no place in a list", "write a whole number from 1")
    return int(number)


def _value(value: object, kind: EventKind) -> float:
    if kind == "rate":
        stars = _number("value", value, "stars from 1 to 5")
        if not 0 < stars <= 5:
            raise Wrong("value", value, "is no rating", "write stars from 1 to 5")
        return stars
    number = _number("value", value, "a number, or nothing")
    if abs(number) > 1e12:
        raise Wrong("value", value, "is out of range", "write a number of pieces")
    return number


def _number(field: str, value: object, wanted: str) -> float:
    if value in (None, ""):
        return 0.0
    try:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValueError
        number = float(value)
    except (ValueError, OverflowError):
        raise Wrong(field, value, "is no number", f"write {wanted}") from None
    if number != number or number in (float("inf"), float("-inf")):
        raise Wrong(field, value, "is no finite number", f"write {wanted}")
    return number


def _market(value: object) -> str:
    """The code by which feeds and searches know the country too: "uk" is GB everywhere."""
    named = _text("market", value)
    if not named:
        return ""
    try:
        return country(named)
    except BadInput as error:
        raise Wrong("market", value, "is not a country", error.hint) from error


def _lang(value: object) -> str:
    tag = _text("lang", value)
    if not tag:
        return ""
    try:
        return canonical(tag)
    except BadInput as error:
        raise Wrong("lang", value, "is not a language tag", error.hint) from error


def _has_consent(value: object) -> bool:
    """Whether the shopper agreed to be remembered; who says nothing of it has asked them already."""
    return value is None or str(value).strip().casefold() not in _NO


def _at(value: object, now: float, is_live: bool) -> float:
    if value in (None, "") and is_live:
        return now
    remedy = "write ISO 8601 (2026-03-01T10:00:00Z) or Unix time"
    if value in (None, ""):
        raise Wrong("at", value, "is missing", remedy)
    at = _seconds(value)
    if at is None or at < _OLDEST:
        raise Wrong("at", value, "is no time", remedy)
    if at > now + AHEAD_S:
        raise Wrong(
            "at", value, "lies in the future", f"set the clock: it may be {AHEAD_S:.0f} seconds ahead"
        )
    return at


def _seconds(value: object) -> float | None:
    """Unix seconds of ISO 8601 or of Unix time in s, ms, µs or ns; None if it is no time."""
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value.strip())
        except ValueError:
            return _scaled(value) if value.strip().replace(".", "", 1).isdecimal() else None
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    return None if isinstance(value, bool) or not isinstance(value, int | float) else _scaled(value)


def _scaled(value: object) -> float | None:
    try:
        number = float(str(value))
    except (ValueError, OverflowError):
        return None
    if not 0 <= number < 1e20:
        return None
    for bound, scale in ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3)):  # 1e11 s is the year 5138
        if number >= bound:
            return number * scale
    return number
