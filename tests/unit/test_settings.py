"""Settings: four layers, one winner, and the origin of each value."""

import json
from pathlib import Path

import pytest

from dragoman.backends.encoders.adapter import shipped_adapter
from dragoman.errors import BadConfig, NotFound
from dragoman.opening import adapter_of
from dragoman.search.prices import windows
from dragoman.settings import Settings, configure, environment_of, named, rates_of
from dragoman.text.money import convert
from dragoman.types import Money


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DRAGOMAN_CONFIG", raising=False)
    monkeypatch.delenv("DRAGOMAN_PORT", raising=False)


def _file(folder: Path, text: str) -> str:
    path = folder / "some.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_defaults_need_no_file() -> None:
    found = configure()
    assert found.settings == Settings()
    assert set(found.origins.values()) == {"default"}


def test_flag_beats_environment_beats_file_beats_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = _file(tmp_path, 'port = 1\npool = 2\ntitle = "a"')
    monkeypatch.setenv("DRAGOMAN_PORT", "3")
    monkeypatch.setenv("DRAGOMAN_POOL", "4")
    found = configure(file, {"port": 5, "pool": None})
    assert (found.settings.port, found.settings.pool, found.settings.title) == (5, 4, "a")
    assert (found.origins["port"], found.origins["pool"], found.origins["title"]) == (
        "flag",
        "environment",
        file,
    )


def test_an_unknown_key_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="no setting 'prot'") as caught:
        configure(_file(tmp_path, "prot = 1"))
    assert "'port'" in caught.value.hint


@pytest.mark.parametrize(
    "text",
    ["port = 'x'", "port = -1", "fusion = 'magic'", "title = 3", "encoder = 7", "encoder = {}", "port"],
)
def test_a_bad_value_is_refused_with_its_origin(tmp_path: Path, text: str) -> None:
    file = _file(tmp_path, text)
    with pytest.raises(BadConfig, match="toml"):
        configure(file)


def test_a_missing_file_is_not_found() -> None:
    with pytest.raises(NotFound, match="nowhere"):
        configure("nowhere.toml")


def test_a_child_process_sees_the_same_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = 'langs = ["de", "zh-Hant"]\ndiversity = 0.5\n[encoder]\nuse = "http"\nurl = "http://x/v1"\n'
    settings = configure(_file(tmp_path, text)).settings
    for name, value in environment_of(settings).items():
        monkeypatch.setenv(name, value)
    assert configure().settings == settings


def test_a_child_process_reads_no_file_that_its_parent_did_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = configure(_file(tmp_path, 'langs = ["de"]')).settings
    for name, value in environment_of(settings).items():
        monkeypatch.setenv(name, value)
    other = tmp_path / "other.toml"
    other.write_text('shop = "elsewhere"\nadapter = "runs/own/learned"\n', encoding="utf-8")
    assert configure(str(other)).settings == settings


def _rates(folder: Path, table: object) -> Settings:
    path = folder / "rates.json"
    path.write_text(json.dumps(table), encoding="utf-8")
    return Settings(rates=str(path))


def test_rates_of_what_is_no_currency_in_use_are_left_out(tmp_path: Path) -> None:
    """Exchanges list metals, coins and baskets too: a price window must not fail for them."""
    per_base = {"usd": 1.1, "BTC": 0.00001, "XAU": 0.0003, "XDR": 0.8, "CNH": 7.8, "JPY": 160}
    rates = rates_of(_rates(tmp_path, {"base": "eur", "date": "2026-01-31", "per_base": per_base}))
    assert (rates.base, dict(rates.per_base)) == ("EUR", {"USD": 1.1, "JPY": 160.0})
    asked = windows(None, Money(1000, "EUR"), rates)
    assert [(one.currency, one.high) for one in asked] == [("EUR", 1000), ("JPY", 1600), ("USD", 1100)]
    assert convert(Money(1000, "EUR"), "USD", rates) == Money(1100, "USD")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"base": "EURO"}, "'EURO' is not a currency in use .did you mean EUR"),
        ({"base": 7}, "rates.json"),
        ({"per_base": {"USD": 0}}, "above 0"),
        ({"per_base": {"USD": float("nan")}}, "above 0"),
        ({"per_base": {"Dollar": 1.1}}, "currencies in use"),
        ({"per_base": [1.1]}, "rates.json"),
    ],
)
def test_a_table_that_holds_no_rates_is_refused(tmp_path: Path, change: dict[str, object], said: str) -> None:
    table = {"base": "EUR", "date": "2026-01-31", "per_base": {"USD": 1.1}} | change
    with pytest.raises(BadConfig, match=said) as caught:
        rates_of(_rates(tmp_path, table))
    assert "per_base" in caught.value.hint


def test_a_backend_is_a_name_or_a_table() -> None:
    assert named("edge") == ("edge", {})
    assert named({"use": "edge", "path": "x"}) == ("edge", {"path": "x"})


@pytest.mark.parametrize(
    ("adapter", "options", "ends"),
    [
        ("shipped", {}, "shopping"),
        ("shipped", {"path": "models/mine"}, ""),
        ("none", {}, ""),
        ("runs/mine/learned", {"path": "models/mine"}, "runs/mine/learned"),
    ],
)
def test_the_shipped_adapter_belongs_to_the_packaged_weights_alone(
    adapter: str, options: dict[str, object], ends: str
) -> None:
    found = adapter_of(Settings(adapter=adapter), options)
    assert found.endswith(ends)
    assert bool(found) == bool(ends)


def test_the_shipped_adapter_is_whole_and_has_a_card() -> None:
    assert {path.name for path in shipped_adapter().iterdir()} >= {
        "README.md",
        "adapter_config.json",
        "adapter_model.safetensors",
    }
