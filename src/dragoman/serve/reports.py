"""Puts the owner's report together: the journal and the catalogue in, figures out, as nouns and as JSON."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Final

from dragoman.experiment import Outcomes, outcomes
from dragoman.guide import Guide
from dragoman.measure.shop_gather import Shelf, shelf
from dragoman.measure.shop_groups import ENOUGH, Rate, rate
from dragoman.measure.shop_report import ShopReport, shop_report
from dragoman.serve.shown import Json
from dragoman.text.detect import detect
from dragoman.text.tags import script_of
from dragoman.types import NOTHING, Event, Lang, Product

_PAGE: Final = 1_000
_SURE: Final = 0.6  # from here the words decide, below it the language of the page


@dataclass(frozen=True, slots=True)
class ArmLine:
    """What one arm of an experiment did; only of at least five shoppers."""

    experiment: str
    arm: str
    shoppers: int
    clicked: Rate  # of products shown
    bought: Rate  # of shoppers


@dataclass(frozen=True, slots=True)
class OwnersReport:
    """The report of a shop, and its experiments."""

    shop: ShopReport
    experiments: tuple[ArmLine, ...]


def owners_report(
    guide: Guide, since: float, until: float, held: Callable[[], Shelf] | None = None
) -> OwnersReport:
    """Return the report of the events with ``since <= at < until``.

    Args:
        held: Gives the catalogue; without it, it is read. Not asked for where nothing happened.

    Raises:
        NotFound: nothing happened in this period.
    """
    events = list(guide.audience.journal.events(since, until))
    goods = (held() if held else shelf_of(guide)) if events else shelf([])
    report = shop_report(events, goods, spoken=spoken)
    return OwnersReport(report, tuple(arm_lines(events)))


def shelf_of(guide: Guide) -> Shelf:
    """Read what a report needs to know of all products."""
    return shelf(_products(guide))


def _products(guide: Guide) -> Iterator[Product]:
    after = ""
    while ids := guide.ids(after, _PAGE):
        yield from guide.index.get(ids)
        after = ids[-1]


@lru_cache(maxsize=50_000)
def spoken(words: str, page: Lang) -> Lang:
    """Return the language of words searched for: what they say, or the page's where they say too little.

    >>> spoken("スニーカー", "en"), spoken("Nike", "pt-BR"), spoken("hema ya kambi", "sw")
    ('ja', 'pt-BR', 'sw')
    """
    plain = page.partition("-")[0]
    odds = detect(words, prior={plain: 0.5} if plain else NOTHING)
    lang, sure = next(iter(odds.items()), ("", 0.0))
    if not page:
        return lang if sure >= _SURE else ""
    # A language that the detector does not know looks like a known one in the same letters.
    is_guess = script_of(lang) == script_of(plain) and not detect(words, among=(plain,))
    return page if lang == plain or sure < _SURE or is_guess else lang


def arm_lines(events: Sequence[Event]) -> Iterator[ArmLine]:
    """Yield what each arm of each experiment did, by name; a shopper seen in two arms is in none."""
    parts = {part for variant in {event.variant for event in events} for part in variant.split(",")}
    for name in sorted({part.partition(":")[0] for part in parts if ":" in part}):
        for arm, done in outcomes(events, name).items():
            if arm and len(done) >= ENOUGH:
                yield _arm_line(name, arm, done)


def _arm_line(name: str, arm: str, done: Outcomes) -> ArmLine:
    shows = int(done.shows.sum())
    # A view that follows no recorded impression is no click on one: a rate stays below 1.
    return ArmLine(
        name,
        arm,
        len(done),
        rate(min(int(done.clicks.sum()), shows), shows),
        rate(int((done.buys > 0).sum()), len(done)),
    )


def report_view(report: OwnersReport) -> Json:
    """Return a report as the body of ``GET /v1/report``."""
    experiments = [_rounded(asdict(line)) for line in report.experiments]
    found: Json = _rounded(asdict(report.shop)) | {"experiments": experiments, "least_shoppers": ENOUGH}
    return found


def _rounded(value: Any) -> Any:  # Any: JSON
    """Six digits are more than any figure here deserves."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, Mapping):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value
