"""Laws of learning to translate: no peeking, marks that stay, runs that go on, states that are kept."""

import csv
import gzip
import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from dragoman.backends.encoders.hugging_face import read_hugging_face
from dragoman.errors import BadConfig, BadInput, NotFound
from dragoman.learn.letters_of_pairs import learn_pieces
from dragoman.learn.loop import train
from dragoman.learn.phrases import MARKS, is_held_out, marked, read_phrases, titles
from dragoman.learn.recipe import Recipe, TaskRecipe, read_recipe
from dragoman.learn.run import Run, perform
from dragoman.learn.spoken_pairs import draw_pairs, pair_of, read_by
from dragoman.learn.states import Remembered
from dragoman.learn.translate import make_model, opened, read_options, read_pairs, translate
from dragoman.settings import configure
from dragoman.testing.tiny_bert import write_tiny_bert

TEXTS = {
    "en": "garden hose",
    "de": "Gartenschlauch",
    "fr": "tuyau d'arrosage",
    "ru": "садовый шланг",
    "ar": "خرطوم حديقة",
    "hi": "बगीचे की नली",
    "th": "สายยางรดน้ำ",
    "ja": "園芸ホース",
    "zh-Hant": "花園水管",
}
OPTIONS = {
    "sources": ["texts.jsonl"],
    "heard": [1.0],
    "targets": list(TEXTS),
    "encoder": "scratch",
    "reads": 1,
    "pieces": 700,
    "alphabet": 200,
    "dim": 16,
    "hidden": 24,
    "layers": 1,
    "heads": 2,
    "batch": 16,
    "others": 100,
    "titles": 0,
    "averaged": 2,
}
RECIPES = Path(__file__).parents[3] / "recipes"


def recipe_of(**options: object) -> Recipe:
    task = TaskRecipe("translate", options=OPTIONS | options)
    return Recipe("tiny", (task,), steps=10, rate=5e-3, warm_up=2, save_every=1, measure_every=5)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 60 things in nine languages."""
    path = tmp_path_factory.mktemp("texts")
    lines = [
        json.dumps({"texts": {lang: [f"{text} {size}"] for lang, text in TEXTS.items()}}, ensure_ascii=False)
        for size in range(60)
    ]
    (path / "texts.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_an_encoder_from_scratch_reads_only_what_is_written(folder: Path, tmp_path: Path) -> None:
    """The sources hold nine languages, and pieces are learned of three."""
    run = Run(recipe_of(targets=["en", "de", "zh-Hant"]), folder, tmp_path / "run", folder, folder)
    assert (perform(run) / "decoder.safetensors").is_file()


@pytest.mark.parametrize("kind", ["transformer", "gru", "rnn"])
def test_a_run_that_was_stopped_goes_on_to_the_same_weights(kind: str, folder: Path, tmp_path: Path) -> None:
    run = Run(recipe_of(model=kind), folder, tmp_path / "whole", folder, folder)
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
    arrays, again = (load_file(one / "decoder.safetensors") for one in (learned, whole))
    assert arrays.keys() == again.keys()
    assert all((arrays[name] == again[name]).all() for name in arrays)
    assert (learned / "tokenizer.json").read_bytes() == (whole / "tokenizer.json").read_bytes()


def test_what_is_learned_is_the_mean_of_the_last_measurements(folder: Path, tmp_path: Path) -> None:
    learned = perform(Run(recipe_of(), folder, tmp_path / "run", folder, folder))
    kept = [load_file(path) for path in sorted((tmp_path / "run" / "kept").iterdir())]
    assert len(kept) == 2
    mean = load_file(learned / "decoder.safetensors")
    for name, values in mean.items():
        np.testing.assert_allclose(values, (kept[0][name] + kept[1][name]) / 2, atol=1e-6)


def test_learning_makes_what_was_kept_aside_likelier(folder: Path, tmp_path: Path) -> None:
    recipe = replace(recipe_of(), steps=60, rate=2e-2, measure_every=30)
    perform(Run(recipe, folder, tmp_path / "run", folder, folder))
    lines = (tmp_path / "run" / "metrics.jsonl").read_text("utf-8").splitlines()
    scores = [json.loads(line)["tasks"]["translate"]["score"] for line in lines]
    assert scores[-1] > 0.5


def test_a_decoder_learns_from_states_that_are_computed_once(folder: Path, tmp_path: Path) -> None:
    write_tiny_bert(tmp_path / "bert")
    weights = read_hugging_face(tmp_path / "bert")
    seen = Remembered(tmp_path / "states", weights, longest=30)
    recipe = recipe_of(encoder="packaged")
    options = read_options(recipe.tasks[0])
    find = folder.joinpath
    pairs = read_pairs(options, find, seed=0)
    model = make_model(options, pairs, seen, find, seed=0)
    task = translate(recipe, options, pairs, model, seen)
    train(recipe, [task], model, tmp_path / "run")
    text = "garden hose ⟦0⟧"
    assert text in seen
    again = Remembered(tmp_path / "states", weights, longest=30)
    assert text in again
    np.testing.assert_array_equal(again.states([text])[0], seen.states([text])[0])
    states = [torch.from_numpy(np.array(one)) for one in seen.states([text])]
    assert opened(tmp_path / "run" / "learned").eval().write(states, 2) == model.eval().write(states, 2)


def test_states_do_not_depend_on_the_texts_beside(tmp_path: Path) -> None:
    write_tiny_bert(tmp_path / "bert")
    weights = read_hugging_face(tmp_path / "bert")
    texts = ["red shoe", "a much longer text of a tent", "登山リュック"]
    together = Remembered(tmp_path / "a", weights, longest=30).states(texts)
    alone = Remembered(tmp_path / "b", weights, longest=30)
    for text, states in zip(texts, together, strict=True):
        np.testing.assert_allclose(alone.states([text])[0], states, atol=2e-2)


def test_a_crash_between_states_and_their_names_costs_only_those(tmp_path: Path) -> None:
    write_tiny_bert(tmp_path / "bert")
    weights = read_hugging_face(tmp_path / "bert")
    first = Remembered(tmp_path / "states", weights, longest=30)
    [kept] = first.states(["red shoe"])
    with (tmp_path / "states" / "texts.jsonl").open("a", encoding="utf-8") as names:
        names.write('["a te')
    again = Remembered(tmp_path / "states", weights, longest=30)
    again.states(["tent"])
    last = Remembered(tmp_path / "states", weights, longest=30)
    assert "tent" in last
    np.testing.assert_array_equal(last.states(["red shoe"])[0], kept)


def test_no_pair_is_drawn_from_what_is_kept_aside(folder: Path) -> None:
    options = read_options(recipe_of().tasks[0])
    pairs = read_pairs(options, folder.joinpath, seed=0)
    assert all(not is_held_out(one) for shelf in pairs.shelves for one in shelf.phrases)
    assert pairs.held


def test_no_term_that_measures_is_taught_by_the_shipped_recipe() -> None:
    data = Path(configure().settings.data)
    taxonomy = data / "shopify_taxonomy" / "wide.tsv.gz"
    if not taxonomy.is_file():
        pytest.skip(f"no {taxonomy}")
    options = read_options(read_recipe(RECIPES / "translator.toml").tasks[0])
    first = replace(options, sources=options.sources[:1], heard=options.heard[:1], titles=200)

    def find(place: str) -> Path:
        return data / place.removeprefix("data:")

    pairs = read_pairs(first, find, seed=0)
    with gzip.open(taxonomy, "rt", encoding="utf-8") as lines:
        english = {row["en"].lower() for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}
    held = {text for text in english if is_held_out({"en": text})}
    assert len(held) > 900
    assert not held & {one["en"].lower() for one in pairs.shelves[0].phrases}


@given(numbers=st.lists(st.integers(0, 99999), min_size=1, max_size=6))
@settings(max_examples=100, deadline=None)
def test_the_same_number_has_the_same_mark_on_both_sides(numbers: list[int]) -> None:
    other = sorted(numbers)
    source, target = marked(" x ".join(map(str, numbers)), " y ".join(map(str, other)))
    by_mark = dict(zip(MARKS, map(str, numbers), strict=False))
    back = target
    for mark, number in by_mark.items():
        back = back.replace(mark, number)
    assert back == " y ".join(map(str, other))
    assert not any(char.isdigit() for char in source if char not in "".join(MARKS))


def test_numbers_that_differ_stay_as_they_are() -> None:
    assert marked("pack of 12", "Zwölferpack") == ("pack of 12", "Zwölferpack")


def test_a_title_has_the_same_marks_in_every_language() -> None:
    terms = [
        {f"l{i}": f"{word} {i}" for i in range(14)} | {"en": word} for word in ("tent", "hose", "shoe", "red")
    ]
    for title in titles(terms, 40, seed=1):
        marks = [[mark for mark in MARKS if mark in text] for text in title.values()]
        assert all(some == marks[0] for some in marks)


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
@settings(max_examples=100, deadline=None)
def test_every_text_can_be_written(text: str) -> None:
    tokenizer = Tokenizer.from_str(PIECES)
    said = " ".join(text.replace("▁", " ").split())
    assert tokenizer.decode(tokenizer.encode(said).ids, skip_special_tokens=False).strip() == said


def test_marks_are_pieces_of_their_own_wherever_they_stand() -> None:
    tokenizer = Tokenizer.from_str(PIECES)
    for text in ("⟦0⟧ hose", "hose ⟦1⟧", "(⟦2⟧cm)", "園芸⟦3⟧ホース", "⟦4⟧"):
        encoded = tokenizer.encode(text)
        assert tokenizer.decode(encoded.ids, skip_special_tokens=False).strip() == text
        assert sum(token in MARKS for token in encoded.tokens) == 1


def test_nobody_can_write_a_language_or_the_end() -> None:
    tokenizer = Tokenizer.from_str(PIECES)
    for sign in ("<2de>", "</s>", "<0x41>"):
        assert len(tokenizer.encode(sign).ids) > 1


PIECES = learn_pieces({lang: [text] * 4 for lang, text in TEXTS.items()}, size=700, alphabet=200)


def test_a_pair_is_the_same_every_time_and_its_languages_are_among_those_read(folder: Path) -> None:
    phrases = read_phrases(folder / "texts.jsonl")
    assert [pair_of(one, "en", "ja") for one in phrases] == [pair_of(one, "en", "ja") for one in phrases]
    options = read_options(recipe_of(heard=[0.4]).tasks[0])
    pairs = read_pairs(options, folder.joinpath, seed=0)
    targets = dict.fromkeys(TEXTS, 1.0)
    drawn = draw_pairs(pairs.shelves, 200, targets=targets, home=0.5, rng=random.Random(1))
    read = {(one["en"], lang) for one in phrases for lang in read_by(one, 0.4)}
    assert {one.source for one in drawn} <= {lang for _, lang in read}
    assert all(one.source != one.target for one in drawn)


def test_another_form_of_the_same_thing_is_a_phrase_of_its_own(tmp_path: Path) -> None:
    rows = [
        {"texts": {"en": ["Hammock"], "de": ["Hängematte"]}},
        {"texts": {"en": ["hammock"], "ko": ["해먹"]}},
        {"form": 1, "texts": {"en": ["hammock"], "de": ["Hängematten"]}},
    ]
    path = tmp_path / "forms.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    assert read_phrases(path) == [
        {"en": "Hammock", "de": "Hängematte", "ko": "해먹"},
        {"en": "hammock", "de": "Hängematten"},
    ]


def test_data_that_are_missing_or_broken_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_phrases(tmp_path / "none.jsonl")
    (tmp_path / "broken.jsonl").write_text('{"texts": {"en": ["a"], "de": ["b"]}}\n{"texts"\n', "utf-8")
    with pytest.raises(BadInput, match=":2"):
        read_phrases(tmp_path / "broken.jsonl")


def test_options_that_do_not_fit_are_refused() -> None:
    with pytest.raises(BadConfig):
        read_options(recipe_of(heard=[0.1, 0.2]).tasks[0])
    with pytest.raises(BadConfig):
        read_options(recipe_of(modle="gru").tasks[0])
