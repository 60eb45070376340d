"""Reads configuration: one TOML file, the environment, flags; nobody else does.

Precedence: default < file < environment (``DRAGOMAN_<KEY>``) < flag. A backend is a name, or a
table ``{ use = "name", … }`` whose other keys are the keyword arguments of its constructor.
"""

import json
import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from secrets import token_hex
from typing import Any, Literal, TypeAlias

from dragoman.errors import BadConfig, BadInput, NotFound
from dragoman.text.brands import BrandForms, forms
from dragoman.text.money import rates_from, shipped_rates
from dragoman.text.tables import table
from dragoman.types import Rates

Fusion: TypeAlias = Literal["calibrated", "reciprocal"]
QueryTranslation: TypeAlias = Literal["gated", "off", "all"]
Spec: TypeAlias = Mapping[str, Any]  # Any: options are the business of the backend's constructor
"""A backend by name and options: ``{"use": "edge", "path": "shop"}``."""


def _key(default: Any, about: str) -> Any:  # Any: dataclasses.field is typed by its default
    """Declare one setting with its meaning, which `dragoman settings` prints and the docs table shows."""
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every key of the service, with defaults that work on a laptop without any file."""

    home: str = _key("~/.cache/dragoman", "where model folders and cached vectors are kept")
    shop: str = _key("shop", "folder of the shop's index; made when missing")
    encoder: str | Spec = _key("folder", "encoder backend: a name or a table")
    adapter: str = _key("shipped", "LoRA adapter merged into the encoder's weights: folder, shipped or none")
    query_tower: str = _key("none", "smaller encoder for queries, which the encoder taught: a folder or none")
    index: str | Spec = _key("shared", "index backend: shared, edge, cluster, memory, or a table")
    reranker: str | Spec = _key("folder", "reranker backend: folder, http, none, or a table")
    reader: str | Spec = _key("none", "reader backend that marks answers in texts: folder, none, or a table")
    translator: str | Spec = _key(
        "phrases", "translator backend: phrases, folder, http, hub, none, or a table"
    )
    generator: str | Spec = _key("none", "text generator: http (any OpenAI-compatible URL), none, or a table")
    journal: str | Spec = _key("sqlite", "where shoppers' events are kept: sqlite, postgresql, or a table")
    related: str = _key("learned", "folder of the models learned from events, inside the shop's folder")
    pseudonyms: str = _key("", "file of the key of shoppers' pseudonyms; empty: in the shop's folder, made")
    langs: tuple[str, ...] = _key((), "languages of the shop, a prior for short queries")
    markets: tuple[str, ...] = _key((), "markets offered by the page; empty: those of the index")
    currency: str = _key("", "currency assumed where a request names none")
    rates: str = _key("", "JSON file {base, date, per_base}; empty: the shipped, approximate table")
    brands: str = _key("", "TSV (canonical, alias, lang) of brands written in other scripts, added to ours")
    fusion: Fusion = _key("calibrated", "how vectors and words are fused: calibrated or reciprocal")
    glossary: str = _key("", "TSV (term, lang, term, lang) of the shop's own words, for translations")
    pool: int = _key(100, "candidates taken from each leg before fusing")
    rerank: int = _key(0, "how many of the best hits the reranker reads again; 0: none")
    diversity: float = _key(0.3, "0 keeps the pure order, 1 spreads sellers and near-duplicates most")
    lexicon: float = _key(0.7, "share of a query the term table must know to add its English; above 1 never")
    query_translation: QueryTranslation = _key(
        "gated", "queries asked in the catalogue's languages too: gated (pairs that gain), off or all"
    )
    expand: tuple[str, ...] = _key((), "languages into which titles are translated at ingest, to be found by")
    writer: str = _key("shipped", "language model that completes queries: a folder, shipped or none")
    extract: bool = _key(True, "facts are read out of products' words as they are ingested: true or false")
    experiments: str | Spec = _key("", "table or TOML file of experiments: arms of search dials, shares")
    query_cache: int = _key(10_000, "query vectors kept in memory")
    threads: int = _key(1, "threads of the encoder for one call")
    host: str = _key("127.0.0.1", "address that serve listens on")
    port: int = _key(8080, "port that serve listens on")
    owner_key: str = _key("", "secret that opens /owner and /v1/report; empty: only from this very machine")
    workers: int = _key(1, "HTTP worker processes; one of them owns the index folder")
    pictures: str = _key("", "folder served under /pictures")
    title: str = _key("Dragoman", "name of the shop on its page")
    max_body: int = _key(1_000_000, "largest accepted request body, bytes")
    data: str = _key("../shared/data", "folder of the public evaluation sets")
    log_level: str = _key("INFO", "DEBUG also logs the shoppers' words")


@dataclass(frozen=True, slots=True)
class Configured:
    """Settings, and where each value came from: default, a file's path, the environment or a flag."""

    settings: Settings
    origins: Mapping[str, str]


_FIELDS = {item.name: item for item in fields(Settings)}
_SPECS = ("encoder", "index", "reranker", "reader", "translator", "generator", "journal")
_CHOICES = {
    "fusion": ("calibrated", "reciprocal"),
    "query_translation": ("gated", "off", "all"),
    "log_level": ("DEBUG", "INFO", "WARNING", "ERROR"),
}


_TRUTHS = {
    "true": True,
    "1": True,
    "yes": True,
    "on": True,
    "false": False,
    "0": False,
    "no": False,
    "off": False,
}


def configure(file: str = "", flags: Mapping[str, Any] | None = None) -> Configured:  # Any: parsed below
    """Return the settings in force and their origins.

    Args:
        file: A TOML file; "" means ``$DRAGOMAN_CONFIG``, else ``dragoman.toml`` here if it exists.
        flags: Values from a command line; those that are ``None`` were not given.

    Raises:
        NotFound: the named file does not exist.
        BadConfig: unknown key (the hint names the nearest), or a value of the wrong type or range.
    """
    values: dict[str, Any] = {}
    origins = dict.fromkeys(_FIELDS, "default")
    here = "dragoman.toml" if Path("dragoman.toml").exists() else ""
    path = file or os.environ.get("DRAGOMAN_CONFIG", "") or here
    written = _read(path) if path else {}
    layers = [(path, written), ("environment", _environment()), ("flag", dict(flags or {}))]
    for origin, layer in layers:
        for key, raw in layer.items():
            if raw is None:
                continue
            values[key] = _parse(key, raw, origin)
            origins[key] = origin
    return Configured(Settings(**values), origins)


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the variables that make a child process see these very settings.

    All of them, also those that are as by default: a file that the child finds may say otherwise.
    """
    every = {name: getattr(settings, name) for name in _FIELDS}
    return {
        f"DRAGOMAN_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in every.items()
    }


def export(settings: Settings) -> None:
    """Put ``settings`` into this process's environment, for the workers it starts."""
    os.environ.update(environment_of(settings))


def secret(variable: str) -> str:
    """Return the value of the environment variable that a backend's ``key_env`` option names, or ""."""
    return os.environ.get(variable, "") if variable else ""


def pseudonym_key(settings: Settings) -> bytes:
    """Return the shop's own secret for pseudonyms: that of its file, drawn when first asked for.

    Machines that share a journal share the file too, or one shopper becomes several.

    Raises:
        BadConfig: the file that the settings name does not exist.
    """
    path = Path(settings.pseudonyms or Path(settings.shop) / "pseudonym.key")
    if not path.exists():
        if settings.pseudonyms:
            raise BadConfig(f"no key file {settings.pseudonyms!r}", hint="32 random bytes will do")
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{token_hex(4)}")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(token_hex(32).encode())
        with suppress(FileExistsError):
            os.link(fresh, path)  # whole or not at all, and the first of several processes wins
        fresh.unlink()
    return path.read_bytes().strip()


def rates_of(settings: Settings) -> Rates:
    """Return the shop's exchange rates, or the shipped approximate ones.

    Raises:
        NotFound: the file does not exist.
        BadConfig: it is no table of positive rates, or its base is no currency in use.
    """
    if not settings.rates:
        return shipped_rates()
    try:
        return rates_from(json.loads(Path(settings.rates).read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise NotFound(f"no rates file {settings.rates!r}", hint="name an existing file") from error
    except (BadInput, KeyError, TypeError, ValueError, AttributeError) as error:
        remedy = 'like {"base": "EUR", "date": "2026-01-31", "per_base": {"USD": 1.1}}'
        raise BadConfig(f"{settings.rates}: {error}", hint=remedy) from error


def brands_of(settings: Settings) -> BrandForms | None:
    """Return the shipped written forms of brands with the shop's own added; None where it has none.

    Raises:
        NotFound: the file does not exist.
        BadConfig: a row without a brand and a written form.
    """
    if not settings.brands:
        return None
    try:
        lines = Path(settings.brands).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise NotFound(f"no brands file {settings.brands!r}", hint="name an existing file") from error
    rows = [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]
    if short := [row for row in rows if len(row) < 2 or not row[0] or not row[1]]:
        remedy = "brand, tab, written form, tab, language"
        raise BadConfig(f"{settings.brands}: {short[0]!r} is no row of brands", hint=remedy)
    return forms([*table("brands"), *rows])


def named(spec: str | Spec) -> tuple[str, dict[str, Any]]:
    """Split a backend's setting into its name and its options.

    >>> named("edge"), named({"use": "edge", "path": "x"})
    (('edge', {}), ('edge', {'path': 'x'}))
    """
    if isinstance(spec, str):
        return spec, {}
    return str(spec.get("use", "")), {key: value for key, value in spec.items() if key != "use"}


def _read(path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotFound(f"no settings file {path!r}", hint="name an existing file with --config") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfig(f"{path}: {error}", hint="settings are TOML in UTF-8") from error


def _environment() -> dict[str, str]:
    other = {"DRAGOMAN_CONFIG", "DRAGOMAN_QDRANT_URL"}
    found = {key for key in os.environ if key.startswith("DRAGOMAN_") and key not in other}
    return {key.removeprefix("DRAGOMAN_").lower(): os.environ[key] for key in found}


def _parse(key: str, raw: Any, origin: str) -> Any:
    if key not in _FIELDS:
        near = get_close_matches(key, _FIELDS, n=1, cutoff=0.0)
        remedy = f"did you mean {near[0]!r}? see `dragoman settings`"
        raise BadConfig(f"{origin}: no setting {key!r}", hint=remedy)
    value = _typed(key, raw, origin)
    if key in _CHOICES and value not in _CHOICES[key]:
        raise BadConfig(f"{origin}: {key} = {value!r}", hint=f"one of {', '.join(_CHOICES[key])}")
    if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
        raise BadConfig(f"{origin}: {key} = {value!r}", hint="it cannot be negative")
    return value


def _typed(key: str, raw: Any, origin: str) -> Any:
    default: Any = _FIELDS[key].default
    try:
        if key == "experiments":
            return _table_of(raw) or default
        if key in _SPECS:
            return _spec(raw)
        if isinstance(default, tuple):
            parts = raw.strip("[] ").replace('"', "").split(",") if isinstance(raw, str) else raw
            return tuple(part.strip() for part in parts if part.strip())
        if isinstance(default, str):
            if not isinstance(raw, str):
                raise TypeError(f"expected text, got {type(raw).__name__}")
            return raw
        if isinstance(default, bool):
            return _TRUTHS[str(raw).strip().lower()]
        kind: type[int] | type[float] = type(default)
        return kind(raw)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadConfig(f"{origin}: {key} = {raw!r}: {error}", hint=f"like {default!r}") from error


def _table_of(raw: Any) -> dict[str, Any]:
    """A table as it is, as JSON (as one process hands it to another), or in a TOML file; "" is none."""
    if isinstance(raw, str):
        raw = json.loads(raw) if raw.lstrip().startswith("{") else _read(raw) if raw else {}
    return dict(raw)


def _spec(raw: Any) -> str | Spec:
    value = json.loads(raw) if isinstance(raw, str) and raw.lstrip().startswith("{") else raw
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping) or not isinstance(value.get("use"), str):
        raise TypeError("expected a name or a table with the key 'use'")
    return dict(value)
