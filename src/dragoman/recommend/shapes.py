"""Reads what one row of any known format says a shopper did. Knows shapes, checks nothing.

| shape | told by | from |
|---|---|---|
| ours | ``kind`` | this page: `told.FIELDS` |
| UBI 1.3 | ``action_name``, or ``user_query`` with ``query_id`` | github.com/o19s/ubi |
| GA4 | ``event_name``, or ``name`` with ``params`` | BigQuery export and Measurement Protocol |
| Google Retail | ``event_type`` / ``eventType`` | UserEvent |
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Row: TypeAlias = Mapping[str, Any]  # Any: JSON, checked in `told`


@dataclass(frozen=True, slots=True)
class Named:
    """A product that a row names, with its place in the list and a number said of it; all unchecked."""

    id: object
    position: object = None
    value: object = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says, field by field, as it stands there; ``field`` names are those of our own shape."""

    kind: object
    id: object = None
    shopper: object = None
    session: object = None
    at: object = None
    products: Sequence[Named] = ()
    query: object = None
    impression: object = None
    market: object = None
    lang: object = None
    variant: object = None
    consent: object = None
    agent: object = None
    about: Row = field(default_factory=dict)  # a brand or a category instead of a product
    hits: object = None  # how many a search found


def unfolded(row: Row) -> Iterator[Row]:
    """Yield the rows of an envelope (``{"client_id": …, "events": […]}``), or the row itself.

    >>> [one["name"] for one in unfolded({"client_id": "c", "events": [{"name": "a"}, {"name": "b"}]})]
    ['a', 'b']
    """
    inside = row.get("events")
    if not isinstance(inside, list):
        yield row
        return
    around = {key: value for key, value in row.items() if key != "events"}
    for one in inside:
        yield around | one if isinstance(one, dict) else {"kind": one}


def read(row: Row) -> list[Said]:
    """Return what a row says: mostly one thing; a UBI query with its hits is a search and what was shown."""
    if "action_name" in row:
        return [_ubi_action(row)]
    if "kind" not in row and "user_query" in row:
        return _ubi_query(row)
    if _first(row, "event_type", "eventType") is not None:
        return [_retail(row)]
    if "event_name" in row or ("name" in row and "kind" not in row):
        return [_ga4(row)]
    return [_plain(row)]


def _plain(row: Row) -> Said:
    listed = row.get("products")
    products = [_named(one) for one in listed] if isinstance(listed, list) else []
    if row.get("product") not in (None, ""):
        products.insert(0, Named(row["product"], row.get("position"), row.get("value")))
    return Said(
        row.get("kind"),
        row.get("id"),
        _first(row, "shopper", "user_id", "client_id", "session"),
        row.get("session"),
        row.get("at", row.get("timestamp")),
        products,
        row.get("query"),
        row.get("impression"),
        row.get("market"),
        row.get("lang"),
        row.get("variant"),
        row.get("consent"),
        row.get("agent"),
        {name: row[name] for name in ("brand", "category") if row.get(name)},
        row.get("hits"),
    )


def _named(one: object) -> Named:
    row = _table(one)
    return Named(row.get("id"), row.get("position"), row.get("value")) if row else Named(one)


def _ubi_action(row: Row) -> Said:
    attributes = _table(row.get("event_attributes"))
    about, place = _table(attributes.get("object")), _table(attributes.get("position"))
    id_ = _first(about, "object_id", "internal_id")
    value = _first(attributes, "value", "rating", "quantity")
    return Said(
        row.get("action_name"),
        _first(row, "event_id", "id"),
        _first(row, "user_id", "client_id", "session_id"),
        row.get("session_id"),
        row.get("timestamp"),
        [Named(id_, place.get("ordinal"), value)] if id_ is not None else (),
        row.get("user_query"),
        row.get("query_id"),
        _first(attributes, "market", "country"),
        _first(attributes, "lang", "language"),
        attributes.get("variant"),
        attributes.get("consent", row.get("consent")),
        attributes.get("user_agent"),
    )


def _ubi_query(row: Row) -> list[Said]:
    attributes = _table(row.get("query_attributes"))
    shared = {
        "shopper": _first(row, "user_id", "client_id", "session_id"),
        "session": row.get("session_id"),
        "at": row.get("timestamp"),
        "query": row.get("user_query"),
        "impression": row.get("query_id"),
        "market": _first(attributes, "market", "country"),
        "lang": _first(attributes, "lang", "language"),
        "consent": attributes.get("consent", row.get("consent")),
    }
    hits = row.get("query_response_hit_ids")
    counted = len(hits) if isinstance(hits, list) else None
    name = f"{row['query_id']}/search" if row.get("query_id") else None
    search = Said("search", name, **shared, hits=counted)
    if not isinstance(hits, list) or not hits:
        return [search]
    shown = [Named(id_, place) for place, id_ in enumerate(hits, 1)]
    return [search, Said("show", f"{row.get('query_id')}/show", products=shown, **shared)]


def _ga4(row: Row) -> Said:
    params = _params(row.get("event_params", row.get("params")))
    items = row.get("items", params.get("items"))
    listed = items if isinstance(items, list) else []
    privacy = _table(row.get("privacy_info"))
    consent = _first(_table(row.get("consent")), "analytics_storage", "ad_user_data")
    return Said(
        _first(row, "event_name", "name"),
        _first(params, "event_id", "transaction_id"),
        _first(row, "user_id", "user_pseudo_id", "client_id") or params.get("ga_session_id"),
        params.get("ga_session_id", params.get("session_id")),
        _first(row, "event_timestamp", "timestamp_micros") or params.get("timestamp"),
        [_item(_table(one)) for one in listed],
        _first(params, "search_term", "query"),
        _first(params, "impression", "query_id"),
        _first(params, "market", "country"),
        params.get("language") or _table(row.get("device")).get("language"),
        params.get("variant"),
        _first(privacy, "analytics_storage") or consent,
        params.get("user_agent"),
    )


def _item(item: Row) -> Named:
    return Named(_first(item, "item_id", "id"), item.get("index"), item.get("quantity", item.get("value")))


def _params(given: object) -> Row:
    """Parameters as one table: BigQuery exports them as pairs of a key and a typed value."""
    if not isinstance(given, list):
        return _table(given)
    pairs = [_table(one) for one in given]
    named = {str(one.get("key")): one.get("value") for one in pairs}
    return {
        key: next((part for part in value.values() if part is not None), None)
        if isinstance(value, dict)
        else value
        for key, value in named.items()
    }


def _retail(row: Row) -> Said:
    person = _table(_first(row, "user_info", "userInfo"))
    details = _first(row, "product_details", "productDetails")
    attributes = _table(row.get("attributes"))
    return Said(
        _first(row, "event_type", "eventType"),
        _first(row, "event_id", "eventId"),
        _first(person, "user_id", "userId") or _first(row, "visitor_id", "visitorId"),
        _first(row, "session_id", "sessionId"),
        _first(row, "event_time", "eventTime"),
        [_detail(_table(one), place) for place, one in enumerate(details, 1)]
        if isinstance(details, list)
        else (),
        _first(row, "search_query", "searchQuery"),
        _first(row, "attribution_token", "attributionToken"),
        _custom(attributes.get("market")),
        _custom(attributes.get("lang")),
        _custom(attributes.get("variant")),
        _custom(attributes.get("consent")),
        _first(person, "user_agent", "userAgent"),
    )


def _detail(detail: Row, place: int) -> Named:
    product = detail.get("product")
    id_ = _table(product).get("id") or _table(product).get("name") or product
    # The full name of a product ends in its id: projects/…/branches/0/products/ID.
    short = id_.rpartition("/products/")[2] if isinstance(id_, str) else id_
    return Named(short, place, detail.get("quantity"))


def _custom(value: object) -> object:
    """The first text of one of Retail's custom attributes, ``{"text": ["…"]}``, or the value itself."""
    texts = _table(value).get("text")
    return texts[0] if isinstance(texts, list) and texts else value


def _first(row: Row, *names: str) -> Any:
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def _table(value: object) -> Row:
    return value if isinstance(value, dict) else {}
