"""Builds the parts of a guide, by the names in its settings."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from dragoman.answer import Answering, Tools, answering
from dragoman.backends import load
from dragoman.backends.encoders.adapter import shipped_adapter
from dragoman.backends.encoders.towers import TwoTowers
from dragoman.backends.journals.late import LateJournal
from dragoman.backends.related.folder import RelatedFolder
from dragoman.backends.rerankers import shipped as shipped_rerankers
from dragoman.backends.translators.phrases.shelf import is_shipped as is_translator_shipped
from dragoman.catalog import Expansion
from dragoman.errors import BadConfig
from dragoman.experiment.trials import Trial, dials_for, trials_from
from dragoman.extract import Extractor, kept_shelves, shelves_of
from dragoman.ports import Encoder, Generator, Index, Journal, Reader, Related, Reranker, Translator
from dragoman.recommend import Audience, audience
from dragoman.search import Crossing, Tuning, levelling_of
from dragoman.settings import Settings, brands_of, named, pseudonym_key, secret
from dragoman.suggest import Writer, is_shipped, shipped_writer
from dragoman.text.tags import canonical
from dragoman.translate import FILE, Desk, Memory, query_versions, read_glossary, translate
from dragoman.types import Lang, Text

JOURNAL = "journal.db"
"""The file of the default journal, in the shop's folder."""


def open_encoder(settings: Settings) -> Encoder:
    """Build the encoder that the settings name."""
    name, options = named(settings.encoder)
    if name == "folder":
        usual = {"home": settings.home, "threads": settings.threads}
        options = usual | {"adapter": adapter_of(settings, options)} | options
    encoder: Encoder = load("encoders", name, with_secret(options))
    if settings.query_tower == "none":
        return encoder
    tower = {"home": settings.home, "threads": settings.threads, "path": settings.query_tower}
    return TwoTowers(encoder, load("encoders", "folder", tower))


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
    index: Index = load("indexes", name, with_secret(options))
    return index


def answering_of(settings: Settings, encoder: Encoder) -> Answering:
    """Return how questions are weighed on this encoder; vectors of pages are kept under ``home``, by shop."""
    home = Path(settings.home).expanduser()
    return answering(
        encoder,
        home=str(home),
        shop=str(Path(settings.shop).resolve()),
        levelling=lambda: levelling_of(encoder, home / "levelling"),
    )


def writer_of(settings: Settings) -> Writer | None:
    """Return the language model that the settings name, to complete queries."""
    if settings.writer == "none" or (settings.writer == "shipped" and not is_shipped()):
        return None
    return shipped_writer() if settings.writer == "shipped" else Writer(Path(settings.writer))


def reranker_of(settings: Settings) -> Reranker | None:
    """Build the reranker that the settings name; None where they name none, or ours is not in the package."""
    name, options = named(settings.reranker)
    if name == "none" or (name == "folder" and not (options.get("path") or shipped_rerankers.is_shipped())):
        return None
    if name == "folder":
        options = {"home": settings.home, "threads": settings.threads} | options
    reranker: Reranker = load("rerankers", name, with_secret(options))
    return reranker


def related_of(settings: Settings) -> RelatedFolder:
    """Return the models learned from the shop's events: those there now, at each look."""
    return RelatedFolder(Path(settings.shop) / settings.related)


def extractor_of(settings: Settings, encoder: Encoder) -> Extractor:
    """Return what reads facts out of pages; vectors of categories are made when they are worth it."""
    folder = Path(settings.home).expanduser() / "categories"
    made, kept = cache(partial(shelves_of, encoder, folder)), partial(kept_shelves, encoder, folder)
    return Extractor(lambda is_worth: made() if is_worth else kept(), encoder, is_on=settings.extract)


def tuning_of(settings: Settings, encoder: Encoder) -> Tuning:
    """Return the dials of a search: those of the settings, and the levelling measured on this encoder."""
    return Tuning(
        langs=settings.langs,
        fusion=settings.fusion,
        pool=settings.pool,
        diversity=settings.diversity,
        rerank=settings.rerank,
        lexicon=settings.lexicon,
        levelling=levelling_of(encoder, Path(settings.home).expanduser() / "levelling"),
        brands=brands_of(settings),
    )


def tools_of(settings: Settings, reranker: Reranker | None, crossing: Crossing | None = None) -> Tools:
    """Return the models that the settings name to make answers better."""
    speak = crossing.versions if crossing else None
    return Tools(reranker, open_reader(settings), open_generator(settings), speak=speak)


def open_reader(settings: Settings) -> Reader | None:
    """Build the reader that the settings name; None where they name none."""
    name, options = named(settings.reader)
    if name == "none":
        return None
    if name == "folder":
        options = {"home": settings.home, "threads": settings.threads} | options
    reader: Reader = load("readers", name, with_secret(options))
    return reader


def open_generator(settings: Settings) -> Generator | None:
    """Build the text generator that the settings name; None where they name none."""
    name, options = named(settings.generator)
    if name == "none":
        return None
    generator: Generator = load("generators", name, with_secret(options))
    return generator


def audience_of(settings: Settings, related: Sequence[Related] = ()) -> Audience:
    """Return what the shop knows of its shoppers; the journal is opened when it is first used."""
    key = cache(partial(pseudonym_key, settings))
    return audience(LateJournal(partial(open_journal, settings)), related=related, key=key)


def open_journal(settings: Settings) -> Journal:
    """Build the journal that the settings name, in the shop's folder if it is a file."""
    name, options = named(settings.journal)
    if name == "sqlite" and not options:
        # An index that keeps nothing has no folder to keep events in.
        is_kept = named(settings.index)[0] != "memory"
        name, options = ("sqlite", {"path": Path(settings.shop) / JOURNAL}) if is_kept else ("memory", {})
    journal: Journal = load("journals", name, with_secret(options))
    return journal


def desk_of(settings: Settings) -> Desk:
    """Return the translator that the settings name, with the shop's words and what was translated before."""
    name, options = named(settings.index)
    # An index that keeps nothing has no folder to keep translations in.
    kept = "" if name == "memory" else str(Path(str(options.get("path", settings.shop))) / FILE)
    return Desk(
        open_translator(settings), read_glossary(settings.glossary), Memory(kept), brands_of(settings)
    )


def open_translator(settings: Settings) -> Translator | None:
    """Build the translator that the settings name; None where they name none."""
    name, options = named(settings.translator)
    if name == "none" or (name == "phrases" and not (options.get("path") or is_translator_shipped())):
        return None
    if name in ("folder", "hub"):
        options = {"home": settings.home, "threads": settings.threads} | options
    translator: Translator = load("translators", name, with_secret(options))
    return translator


def crossing_of(settings: Settings, desk: Desk) -> Crossing | None:
    """Return how queries are translated; None where the settings say not at all."""
    if settings.query_translation == "off":
        return None
    return Crossing(partial(query_versions, desk=desk), settings.query_translation, desk.engine)


def expansion_of(settings: Settings, desk: Desk) -> Expansion | None:
    """Return how titles are translated at ingest; None where the settings name no languages."""

    def speak(titles: Sequence[Text], lang: Lang, brands: Sequence[str]) -> list[Text]:
        keep = [(brand,) if brand else () for brand in brands]
        return [made.text for made in translate(titles, lang, desk=desk, keep=keep)]

    langs = tuple(canonical(lang) for lang in settings.expand)
    return Expansion(langs, speak, desk.engine) if langs else None


def with_secret(options: dict[str, object]) -> dict[str, object]:
    """Replace ``key_env``, the name of a variable, by ``key``, its value: backends read no environment."""
    variable = options.get("key_env")
    if variable is None:
        return options
    kept = {name: value for name, value in options.items() if name != "key_env"}
    return kept | {"key": secret(str(variable))}


def trials_of(settings: Settings) -> tuple[Trial, ...]:
    """Return the experiments that the settings describe.

    Raises:
        BadConfig: an experiment that cannot be run, a dial that no search has, or a value it cannot take.
    """
    trials = trials_from(settings.experiments) if isinstance(settings.experiments, Mapping) else ()
    for trial in trials:
        for arm, dials in trial.dials.items():
            for dial, value in dials.items():
                # Here, not at the arm's first search: that would be a fault in the face of a shopper.
                if remedy := _remedy(dial, value):
                    said = f"experiment {trial.experiment.name!r}, arm {arm!r}: {dial} = {value!r}"
                    raise BadConfig(said, hint=remedy)
    return trials


def _remedy(dial: str, value: object) -> str:
    """What is wrong with a dial of an experiment, for whoever wrote it; "" where it can have this value."""
    kinds = get_type_hints(Tuning)
    if dial not in kinds:
        return (
            f"no search has this dial; did you mean {get_close_matches(dial, kinds, n=1, cutoff=0.0)[0]!r}?"
        )
    kind, default = kinds[dial], getattr(Tuning(), dial)
    if get_origin(kind) is Literal:
        return "" if value in get_args(kind) else f"write one of {', '.join(get_args(kind))}"
    if get_origin(kind) is tuple:
        is_list = isinstance(value, tuple | list) and all(isinstance(one, str) for one in value)
        return "" if is_list else 'write a list of words, like ["en", "de"]'
    if kind in (int, float):
        number = value if isinstance(value, int | kind) and not isinstance(value, bool) else -1
        sort = "whole number" if kind is int else "number"
        return "" if number >= 0 else f"write a {sort}, 0 or more, like {default}"
    return "" if isinstance(value, kind) else "leave it out: it is made by the service, no file can say it"


def tuned(tuning: Tuning, trials: Sequence[Trial], shopper: str) -> Tuning:
    """Return the dials of a shopper's searches: the shop's, with those of their experiments' arms."""
    turned = dials_for(trials, shopper)
    # A file has lists only, and what a query is understood by is remembered by the languages.
    dials: dict[str, Any] = {  # Any: as dials_for has it
        dial: tuple(value) if isinstance(value, list) else value for dial, value in turned.items()
    }
    return replace(tuning, **dials) if dials else tuning
