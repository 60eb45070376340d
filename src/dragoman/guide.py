"""The assembled guide: parts on one side, requests on the other, no logic in between."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dragoman.backends import load
from dragoman.backends.encoders.adapter import shipped_adapter
from dragoman.backends.encoders.cached import CachedEncoder
from dragoman.catalog import Reading, ingest
from dragoman.ports import Encoder, Index
from dragoman.search import Tuning, levelling_of, search
from dragoman.settings import Settings, brands_of, named, rates_of, secret
from dragoman.suggest import Suggestion, Writer, is_shipped, shipped_writer, suggest
from dragoman.types import Facet, Filter, Found, IngestReport, Lang, Passage, Product, Query, Rates


@dataclass(frozen=True, slots=True)
class Guide:
    """What a shopper and a shop can ask for. Every method hands over to a verb or a part."""

    encoder: Encoder
    index: Index
    rates: Rates
    tuning: Tuning
    writer: Writer | None = None

    def search(self, query: Query, facets: Sequence[str] = ()) -> Found:
        """Find products for words in any language; see `dragoman.search.search`."""
        return search(
            query,
            encoder=self.encoder,
            index=self.index,
            rates=self.rates,
            tuning=self.tuning,
            facets=facets,
        )

    def suggest(self, prefix: str, *, lang: Lang = "", k: int = 8) -> tuple[Suggestion, ...]:
        """Propose whole queries for what is being typed; see `dragoman.suggest.suggest`."""
        return suggest(prefix, index=self.index, writer=self.writer, lang=lang, k=k)

    def ingest(
        self,
        feeds: Sequence[Path],
        *,
        reading: Reading = Reading(),
        replace: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> IngestReport:
        """Read feeds into the index; see `dragoman.catalog.ingest`."""
        return ingest(
            feeds,
            encoder=self.encoder,
            index=self.index,
            reading=reading,
            replace=replace,
            progress=progress,
        )

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
        return int(self.encoder.encode(["ready?"], "query").shape[1])

    def close(self) -> None:
        """Release files and processes."""
        return self.index.close()


def open_guide(settings: Settings = Settings()) -> Guide:
    """Build every part once, by name. The one place where concrete parts meet.

    Raises:
        BadConfig: a backend refuses its options.
        Conflict: the index folder was built by another encoder.
    """
    encoder = open_encoder(settings)
    return Guide(
        encoder=CachedEncoder(encoder, settings.query_cache),
        index=open_index(settings, encoder),
        rates=rates_of(settings),
        tuning=tuning_of(settings, encoder),
        writer=writer_of(settings),
    )


def writer_of(settings: Settings) -> Writer | None:
    """Return the language model that the settings name, to complete queries."""
    if settings.writer == "none" or (settings.writer == "shipped" and not is_shipped()):
        return None
    return shipped_writer() if settings.writer == "shipped" else Writer(Path(settings.writer))


def tuning_of(settings: Settings, encoder: Encoder) -> Tuning:
    """Return the dials of a search: those of the settings, and the levelling measured on this encoder."""
    return Tuning(
        langs=settings.langs,
        fusion=settings.fusion,
        pool=settings.pool,
        diversity=settings.diversity,
        lexicon=settings.lexicon,
        levelling=levelling_of(encoder, Path(settings.home).expanduser() / "levelling"),
        brands=brands_of(settings),
    )


def open_encoder(settings: Settings) -> Encoder:
    """Build the encoder that the settings name."""
    name, options = named(settings.encoder)
    if name == "folder":
        usual = {"home": settings.home, "threads": settings.threads}
        options = usual | {"adapter": adapter_of(settings, options)} | options
    encoder: Encoder = load("encoders", name, _with_secret(options))
    return encoder


def adapter_of(settings: Settings, options: Mapping[str, object]) -> str:
    """Return the adapter's folder, "" for none; the shipped one belongs to the packaged weights alone."""
    if settings.adapter == "shipped":
        return "" if options.get("path") else str(shipped_adapter())
    return "" if settings.adapter == "none" else settings.adapter


def open_index(settings: Settings, encoder: Encoder) -> Index:
    """Build the index that the settings name, for vectors of this encoder."""
    name, options = named(settings.index)
    if name in ("edge", "shared"):
        options = {"path": settings.shop} | options
    if name != "memory":
        options = {"dim": encoder.dim, "encoder": encoder.name} | options
    index: Index = load("indexes", name, _with_secret(options))
    return index


def _with_secret(options: dict[str, object]) -> dict[str, object]:
    """Replace ``key_env``, the name of a variable, by ``key``, its value: backends read no environment."""
    variable = options.get("key_env")
    if variable is None:
        return options
    kept = {name: value for name, value in options.items() if name != "key_env"}
    return kept | {"key": secret(str(variable))}
