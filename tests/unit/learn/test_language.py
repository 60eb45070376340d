"""Laws of the language models: no peeking, honest estimates, runs that go on, pieces that spell anything."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from dragoman.errors import BadConfig, NotFound
from dragoman.learn.language import (
    Completion,
    bits_a_character,
    compose,
    letters_of,
    make_model,
    others_of,
    read_completion,
)
from dragoman.learn.letters import learn_letters
from dragoman.learn.query_texts import parted_queries, read_queries
from dragoman.learn.recipe import Recipe, TaskRecipe, sources_of
from dragoman.learn.run import Run, perform
from dragoman.measure.completers import CharacterOdds, PopularByPrefix
from dragoman.models.language import MODELS, Kind, LanguageModel, Letters, Shape, batch_of
from dragoman.suggest.typed import typed
from dragoman.suggest.writer import Writer
from dragoman.text.normalise import normalise

TEXTS = {
    "en": "garden hose",
    "de": "gartenschlauch",
    "es": "manguera de jardín",
    "fr": "tuyau d'arrosage",
    "ru": "садовый шланг",
    "ar": "خرطوم حديقة",
    "hi": "बगीचे की नली",
    "th": "สายยางรดน้ำ",
    "ja": "園芸ホース",
    "ko": "정원 호스",
    "zh": "花园水管",
    "tr": "bahçe hortumu",
}
OPTIONS = {
    "sources": ["texts.jsonl"],
    "pieces": 700,
    "alphabet": 200,
    "dim": 16,
    "hidden": 24,
    "batch": 16,
    "others": 100,
    "held": 20,
}
KINDS: tuple[Kind, ...] = ("gru", "transformer")


def recipe_of(**options: object) -> Recipe:
    task = TaskRecipe("completion", options=OPTIONS | options)
    return Recipe("tiny", (task,), steps=10, rate=5e-3, warm_up=2, save_every=1, measure_every=5)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 40 things in twelve languages."""
    path = tmp_path_factory.mktemp("texts")
    lines = [
        json.dumps({"texts": {lang: [f"{text} {size}"] for lang, text in TEXTS.items()}}, ensure_ascii=False)
        for size in range(40)
    ]
    (path / "texts.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def letters() -> Letters:
    by_lang = {lang: [text] * 3 for lang, text in TEXTS.items()}
    return learn_letters(by_lang, by_lang, size=600, alphabet=200)


def model_of(kind: Kind, letters: Letters) -> LanguageModel:
    torch.manual_seed(1)
    return MODELS[kind](Shape(kind, dim=16, hidden=24, layers=2, heads=2, most=16, dropout=0.0), letters)


def nats_of(model: LanguageModel, rows: list[list[int]], others: torch.Tensor | None = None) -> float:
    return float(model.loss(rows, others=others).detach())


@pytest.mark.parametrize("kind", KINDS)
def test_what_comes_later_changes_nothing_before(kind: Kind, letters: Letters) -> None:
    model = model_of(kind, letters).eval()
    one, other = torch.tensor([[3, 300, 301, 302]]), torch.tensor([[3, 300, 301, 17]])
    assert torch.allclose(model(one)[:, :3], model(other)[:, :3], atol=1e-6)
    assert not torch.allclose(model(one)[:, 3], model(other)[:, 3])


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_s_loss_does_not_depend_on_the_rows_beside_it(kind: Kind, letters: Letters) -> None:
    model = model_of(kind, letters).eval()
    rows = [[3, 300, 301, 0], [4, 302, 0], [5, 303, 304, 305, 306, 0]]
    alone = torch.cat([model.nats([row]) for row in rows])
    assert torch.allclose(model.nats(rows), alone, atol=1e-4)
    tokens = sum(len(row) - 1 for row in rows)
    assert nats_of(model, rows) == pytest.approx(float(alone.sum()) / tokens, abs=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_some_pieces_stand_for_all_others(kind: Kind, letters: Letters) -> None:
    model = model_of(kind, letters).eval()
    rows = [[3, 300, 301, 0], [4, 302, 0]]
    whole = nats_of(model, rows)
    rest = len(model.table) - 4
    every = others_of(rows, len(model.table), rest, random.Random(0))
    assert nats_of(model, rows, every) == pytest.approx(whole, abs=1e-4)
    drawn = [others_of(rows, len(model.table), 60, random.Random(seed)) for seed in range(50)]
    mean = sum(nats_of(model, rows, some) for some in drawn) / len(drawn)
    assert mean == pytest.approx(whole, rel=0.01)


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_was_stopped_goes_on_to_the_same_file(kind: Kind, folder: Path, tmp_path: Path) -> None:
    recipe = recipe_of(model=kind)
    run = Run(recipe, folder, tmp_path / "whole", folder, folder)
    whole = perform(run)

    class Stop(Exception):
        pass

    def stop(done: int, _all: int, _loss: float) -> None:
        if done == 6:
            raise Stop

    cut = replace(run, folder=tmp_path / "cut")
    with pytest.raises(Stop):
        perform(cut, progress=stop)
    learned = perform(cut)
    # The order of the entries in a safetensors header is any; what they say is not.
    files = [folder / "writer.safetensors" for folder in (learned, whole)]
    arrays, again = (load_file(file) for file in files)
    assert arrays.keys() == again.keys()
    assert all((arrays[name] == again[name]).all() for name in arrays)
    told = [safe_open(file, "np").metadata() for file in files]  # type: ignore[no-untyped-call]
    assert told[0] == told[1]
    assert (learned / "tokenizer.json.gz").read_bytes() == (whole / "tokenizer.json.gz").read_bytes()
    lines = [json.loads(line) for line in (whole.parent / "metrics.jsonl").read_text("utf-8").splitlines()]
    told = lines[-1]["tasks"]["completion"]
    assert {f"bits a character/{lang}" for lang in TEXTS} <= told.keys()
    assert list((whole.parent / "events").glob("events.out.tfevents.*"))


@pytest.mark.parametrize("kind", KINDS)
def test_learning_makes_texts_kept_aside_less_surprising(kind: Kind, folder: Path, tmp_path: Path) -> None:
    recipe = replace(recipe_of(model=kind), steps=60, rate=2e-2, measure_every=60, save_every=60)
    compose(recipe, lambda place: folder / place, tmp_path)
    options, queries = read_completion(recipe.tasks[0], lambda place: folder / place)
    fresh = make_model(options, letters_of(options, queries, seed=0), seed=0).eval()
    line = json.loads((tmp_path / "metrics.jsonl").read_text("utf-8"))["tasks"]["completion"]
    for lang, texts in queries.held.items():
        assert line[f"bits a character/{lang}"] < 0.6 * bits_a_character(fresh, lang, sorted(texts))
    assert Writer(tmp_path / "learned").ids("garden hose")


@given(text=st.text(max_size=20))
@settings(max_examples=100, deadline=None)
def test_every_text_can_be_spelled_and_read_back(letters: Letters, text: str) -> None:
    tokenizer = Tokenizer.from_str(letters.tokenizer)
    said = typed(text)
    ids = tokenizer.encode(said).ids
    assert tokenizer.decode(ids, skip_special_tokens=False).strip() == said
    assert all(i > len(letters.langs) for i in ids)


def test_nobody_can_type_a_language_or_the_end(letters: Letters) -> None:
    tokenizer = Tokenizer.from_str(letters.tokenizer)
    for sign in ("<de>", "</s>", "<0x41>", "<und>"):
        assert len(tokenizer.encode(sign).ids) > 1


def test_the_same_texts_learn_the_same_pieces(letters: Letters) -> None:
    by_lang = {lang: [text] * 3 for lang, text in TEXTS.items()}
    assert all(
        learn_letters(by_lang, by_lang, size=600, alphabet=90) == again
        for again in [learn_letters(by_lang, by_lang, size=600, alphabet=90) for _ in range(5)]
    )
    thai = {i for i, used in enumerate(letters.used) if used >> letters.langs.index("th") & 1}
    arabic = {i for i, used in enumerate(letters.used) if used >> letters.langs.index("ar") & 1}
    assert thai & arabic <= {i for i in thai if letters.used[i] & 1}
    assert thai != arabic


def test_no_text_is_on_both_sides_however_it_is_written() -> None:
    some = {f"Crème {n}": 1.0 for n in range(50)} | {f"creme  {n}": 1.0 for n in range(50)}
    taught, held = parted_queries({"fr": some}, held=30, without=frozenset({"creme 7"}))
    sides = [{normalise(text) for text in side["fr"]} for side in (taught, held)]
    assert not sides[0] & sides[1]
    assert sides[0] | sides[1] == {normalise(text) for text in some} - {"creme 7"}
    assert all(sides)


def test_sources_of_every_kind_are_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "wide.tsv").write_text(
        "id\tkind\tcontext_en\ten\tpt-BR\tzh-TW\n"
        "1\tcategory\tGarden > Hoses\tGarden Hoses\tMangueiras\t花園水管\n"
        "2\tvalue\tColour\tGarden Hoses\tAzul\t藍色\n"
        "3\tattribute\t\tColour of hose\tCor\t顏色\n",
        encoding="utf-8",
    )
    (tmp_path / "plain.tsv").write_text("1\t焦糖色美背薄款\n2\tX\n", encoding="utf-8")
    sources = [{"path": "wide.tsv", "share": 2.0}, {"path": "plain.tsv", "lang": "zh"}]
    texts = read_queries(sources_of({"sources": sources}), lambda place: tmp_path / place)
    assert texts["en"] == {"garden hoses": pytest.approx(2 * 2**0.5)}
    assert texts["zh-Hant"].keys() == {"花園水管", "藍色"}
    assert texts["pt"].keys() == {"mangueiras", "azul"}
    assert texts["zh"].keys() == {"焦糖色美背薄款"}
    with pytest.raises(NotFound, match="nowhere"):
        read_queries(sources_of({"sources": ["nowhere.tsv"]}), lambda place: tmp_path / place)


def test_a_feed_teaches_the_first_words_of_titles() -> None:
    sample = Path(__file__).parents[3] / "data/sample"
    texts = read_queries(sources_of({"sources": ["sellers.jsonl"]}), lambda place: sample / place)
    assert {"zh", "ja", "ko", "de", "es", "fr", "ar", "hi", "ru", "pt", "th", "vi"} <= texts.keys()
    assert all(0 < len(text) <= 64 and "," not in text for some in texts.values() for text in some)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"pices": 3}, "pices"),
        ({"model": "lstm"}, "lstm"),
        ({"langs": ["tlh"]}, "tlh"),
        ({"dim": 15, "model": "transformer"}, "15"),
    ],
)
def test_a_broken_recipe_is_refused_with_the_value(
    folder: Path, tmp_path: Path, options: dict[str, object], told: str
) -> None:
    with pytest.raises(BadConfig, match=told) as caught:
        compose(recipe_of(**options), lambda place: folder / place, tmp_path)
    assert caught.value.hint


def test_a_language_model_shares_its_recipe_with_no_tower(folder: Path, tmp_path: Path) -> None:
    recipe = recipe_of()
    both = replace(recipe, tasks=(*recipe.tasks, TaskRecipe("align")))
    with pytest.raises(BadConfig, match="2 tasks"):
        perform(Run(both, folder, tmp_path, folder, folder))


def test_batches_are_what_follows_what() -> None:
    ids, wanted = batch_of([[1, 5, 6, 0], [2, 0]])
    assert ids.tolist() == [[1, 5, 6], [2, 0, 0]]
    assert wanted.tolist() == [[5, 6, 0], [0, -100, -100]]


def test_odds_of_characters_are_odds_and_popular_texts_come_first() -> None:
    texts = {"red tent": 3.0, "red tea": 1.0, "blue tent": 1.0}
    known = CharacterOdds(texts)
    for before in ("", "red t", "zzz", "blue "):
        total = sum(known.odds(before, char) for char in sorted({c for text in texts for c in text} | {"\0"}))
        assert 0.5 < total <= 1 + 1e-9
    assert known.bits("red tent") < known.bits("red tea") < known.bits("xyz tea")
    assert known.complete("red t", 2)[0].id == "red tent"
    assert PopularByPrefix(texts).complete("re", 5) == ["red tent", "red tea"]
    assert PopularByPrefix(texts).complete("green te", 2) == ["green tent", "green tea"]


def test_options_of_both_shipped_recipes_are_known() -> None:
    from dragoman.learn.files import options_of
    from dragoman.learn.recipe import build, read_recipe

    for name in ("completion_gru", "completion_transformer"):
        recipe = read_recipe(Path(__file__).parents[3] / f"recipes/{name}.toml")
        options: Completion = build(Completion, options_of(recipe.tasks[0], "sources"), name)
        assert len(options.langs) >= 12
