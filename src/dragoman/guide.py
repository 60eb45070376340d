"""The assembled guide: parts on one side, requests on the other, no logic in between."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dragoman.answer import Answering, Tools, answer, answering, prepare
from dragoman.backends.encoders.cached import CachedEncoder
from dragoman.catalog import Expansion, Reading, expanded, ingest, read_page
from dragoman.experiment import variant_of
from dragoman.experiment.trials import Trial
from dragoman.extract import Extractor, Page
from dragoman.opening import (
    answering_of,
    audience_of,
    crossing_of,
    desk_of,
    expansion_of,
    extractor_of,
    open_encoder,
    open_index,
    related_of,
    reranker_of,
    tools_of,
    trials_of,
    tuned,
    tuning_of,
    writer_of,
)
from dragoman.ports import Encoder, Index, Related, Reranker
from dragoman.recommend import (
    Audience,
    Known,
    Line,
    Moment,
    Recorded,
    Taking,
    known,
    recommend,
    record,
    survey_of,
)
from dragoman.search import Tuning, conditions, search, shown
from dragoman.settings import Settings, rates_of
from dragoman.suggest import Suggestion, Writer, suggest
from dragoman.translate import Abilities, Desk, Memory, ShelfReport, abilities, translate, translate_shelf
from dragoman.types import (
    Answer,
    Facet,
    Fact,
    Filter,
    Found,
    IngestReport,
    Lang,
    Listing,
    Passage,
    Product,
    Query,
    Rates,
    Recommended,
    RecommendKind,
    Text,
    Translation,
)


@dataclass(frozen=True, slots=True)
class Guide:
    """What a shopper and a shop can ask for. Every method hands over to a verb or a part."""

    encoder: Encoder
    index: Index
    rates: Rates
    tuning: Tuning
    writer: Writer | None = None
    reranker: Reranker | None = None
    desk: Desk = field(default_factory=Desk)
    expansion: Expansion | None = None
    related: Sequence[Related] = ()
    answering: Answering | None = None
    tools: Tools = Tools()
    extractor: Extractor = Extractor()
    audience: Audience = field(default_factory=lambda: audience_of(Settings()))
    trials: Sequence[Trial] = ()

    def search(self, query: Query, facets: Sequence[str] = ()) -> Found:
        """Find products for words in any language; see `dragoman.search.search`."""
        return search(
            query,
            encoder=self.encoder,
            index=self.index,
            rates=self.rates,
            tuning=tuned(self.tuning, self.trials, query.shopper),
            facets=facets,
            reranker=self.reranker,
        )

    def variant(self, shopper: str) -> str:
        """Return which arms of the shop's experiments a shopper is in, as events carry it."""
        return variant_of([trial.experiment for trial in self.trials if shopper], shopper)

    def suggest(self, prefix: str, *, lang: Lang = "", k: int = 8) -> tuple[Suggestion, ...]:
        """Propose whole queries for what is being typed; see `dragoman.suggest.suggest`."""
        return suggest(prefix, index=self.index, writer=self.writer, lang=lang, k=k)

    def ingest(
        self,
        feeds: Sequence[Path],
        *,
        reading: Reading = Reading(),
        progress: Callable[[int, int], None] | None = None,
    ) -> IngestReport:
        """Read feeds into the index; see `dragoman.catalog.ingest`."""
        return ingest(
            feeds,
            encoder=self.encoder,
            index=expanded(self.index, self.expansion),
            reading=reading,
            extract=self.extractor.at_ingest(),
            progress=progress,
        )

    def translate(
        self,
        texts: Sequence[Text],
        target: Lang,
        *,
        keep: Sequence[Sequence[str]] = (),
        is_checked: bool = False,
        is_floored: bool = True,
    ) -> list[Translation]:
        """Put texts into a reader's language; see `dragoman.translate.translate`."""
        return translate(
            texts,
            target,
            desk=self.desk,
            keep=keep,
            encoder=self.encoder if is_checked else None,
            is_floored=is_floored,
        )

    def translate_shelf(
        self,
        targets: Sequence[Lang],
        *,
        is_whole: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> tuple[ShelfReport, ...]:
        """Translate all products beforehand; see `dragoman.translate.translate_shelf`."""
        return translate_shelf(
            targets,
            index=self.index,
            desk=self.desk,
            encoder=self.encoder,
            is_whole=is_whole,
            progress=progress,
        )

    def abilities(self) -> Abilities:
        """Return what can be translated, and which pairs shoppers get to see."""
        return abilities(self.desk)

    def answer(self, query: Query, *, is_translated: bool = False) -> Answer:
        """Answer a question from what pages say, or decline; see `dragoman.answer.answer`."""
        return answer(
            query,
            index=self.index,
            encoder=self.encoder,
            tuning=self.answering or answering(self.encoder),
            tools=replace(self.tools, translate=self.translate) if is_translated else self.tools,
            find=self.search,
        )

    def prepare_answers(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Encode all pages beforehand; see `dragoman.answer.prepare`."""
        return prepare(self.index, tuning=self.answering or answering(self.encoder), progress=progress)

    def record(self, lines: Iterable[Line], taking: Taking) -> Recorded:
        """Write down what shoppers did; see `dragoman.recommend.record`."""
        return record(lines, audience=self.audience, taking=taking)

    def recommend(self, query: Query, kind: RecommendKind, moment: Moment) -> Recommended:
        """Find what a shopper may like, and say why; see `dragoman.recommend.recommend`."""
        return recommend(
            replace(query, where=conditions(query, self.rates)),
            kind,
            index=self.index,
            encoder=self.encoder,
            audience=self.audience,
            moment=moment,
            show=shown,
        )

    def known(self, shopper: str, now: float) -> Known:
        """Return a shopper's profile and the events behind it."""
        return known(shopper, index=self.index, audience=self.audience, survey=survey_of(self.index), now=now)

    def erase(self, shopper: str) -> int:
        """Forget all that a shopper did, for good; returns how many events that were."""
        return self.audience.erase(shopper)

    def forget(self, shopper: str, product: str) -> int:
        """Forget what a shopper did with one product; returns how many events that were."""
        return self.audience.forget(shopper, product)

    def extract(self, pages: Sequence[Page]) -> list[tuple[Fact, ...]]:
        """Return the facts that pages state, each with its quote; see `dragoman.extract.extract`."""
        return self.extractor.read(pages, reader=self.tools.reader)

    def read_page(self, markup: str, *, reading: Reading = Reading()) -> tuple[Listing, ...]:
        """Return the products that a saved web page is about; see `dragoman.catalog.read_page`."""
        return read_page(markup, reading=reading)

    def product(self, id: str) -> Product:
        """Return one product; raises NotFound."""
        return self.index.get([id])[0]

    def passages(self, id: str) -> tuple[Passage, ...]:
        """Return what others say of one product; raises NotFound."""
        return self.index.passages([id])[0]

    def facets(self, names: Sequence[str], where: Filter, k: int) -> list[Facet]:
        """Count the commonest values of each facet among products that pass ``where``."""
        return self.index.facets(names, where, k)

    def ids(self, after: str, k: int) -> list[str]:
        """Return at most k product ids greater than ``after``, in id order."""
        return self.index.ids(after, k)

    def remove(self, ids: Sequence[str]) -> None:
        """Forget products."""
        return self.index.remove(ids)

    def count(self) -> int:
        """Return how many products there are."""
        return len(self.index)

    def probe(self) -> int:
        """Return the dimension of a fresh vector; raises Unavailable when the encoder is down."""
        # As a passage: vectors of queries are remembered, and one remembered says nothing of the encoder now.
        return int(self.encoder.encode(["ready?"], "passage").shape[1])

    def close(self) -> None:
        """Release files and processes."""
        return _closed(self.audience, self.index, self.desk.memory, self.answering)


def open_guide(settings: Settings = Settings()) -> Guide:
    """Build every part once, by name. The one place where concrete parts meet.

    Raises:
        BadConfig: a backend refuses its options.
        Conflict: the index folder was built by another encoder.
    """
    encoder = open_encoder(settings)
    reranker, desk, related = reranker_of(settings), desk_of(settings), related_of(settings)
    crossing = crossing_of(settings, desk)
    return Guide(
        encoder=CachedEncoder(encoder, settings.query_cache),
        index=open_index(settings, encoder),
        rates=rates_of(settings),
        tuning=replace(tuning_of(settings, encoder), crossing=crossing),
        writer=writer_of(settings),
        reranker=reranker,
        desk=desk,
        expansion=expansion_of(settings, desk),
        related=related,
        answering=answering_of(settings, encoder),
        tools=tools_of(settings, reranker, crossing),
        extractor=extractor_of(settings, encoder),
        audience=audience_of(settings, related),
        trials=trials_of(settings),
    )


def _closed(*parts: Audience | Index | Memory | Answering | None) -> None:
    """Close every part."""
    for part in parts:
        if part is not None:
            part.close()
