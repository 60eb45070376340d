"""Laws of the phrase translator: the search finds the best, numbers and names stay, damage is named."""

import shutil
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.backends.translators.phrases import PhraseTranslator
from dragoman.backends.translators.phrases.counting import learn_ngrams
from dragoman.backends.translators.phrases.ngrams import Ngrams
from dragoman.backends.translators.phrases.options import JUMP, SIGNS, Offer, Options
from dragoman.backends.translators.phrases.search import Effort, search
from dragoman.backends.translators.phrases.spelling import END, START, Spelling
from dragoman.backends.translators.phrases.tables import LONGEST, Entries, opened, phrases_of, stored
from dragoman.errors import BadConfig, BadInput, Conflict, Corrupt, NotFound
from dragoman.learn import read_recipe
from dragoman.learn.phrase_pieces import learn_spelling
from dragoman.learn.run import Run, perform
from dragoman.testing.tiny_phrases import write_texts

RECIPE = """
[[tasks]]
kind = "phrases"
name = "tiny-phrases"
targets = ["de", "fr", "ja"]
sources = ["texts.tsv"]
held = false
"""


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phrases")
    write_texts(folder / "texts.tsv")
    (folder / "tiny.toml").write_text(RECIPE, encoding="utf-8")
    run = Run(read_recipe(folder / "tiny.toml"), folder, folder / "run", folder, folder)
    return perform(run)


def said(folder: Path, text: str, source: str, target: str) -> str:
    return PhraseTranslator(str(folder)).translate([text], source, target)[0].text.value


@pytest.mark.parametrize(
    ("text", "source", "target", "wanted"),
    [
        ("Green shirt, pack of 40", "en", "de", "Grünes Hemd, 40er-Pack"),
        ("Green shirt", "en", "fr", "Maillot vert"),
        ("small towel, pack of 7", "en", "ja", "小さいタオル、7個入り"),
        ("Kleines Bett", "de", "en", "Small bed"),
        ("livre bleu", "fr", "en", "blue book"),
        ("青いテント", "ja", "en", "Blue tent"),
    ],
)
def test_phrases_are_put_together_as_the_language_does(
    learned: Path, text: str, source: str, target: str, wanted: str
) -> None:
    """In its order, with its capitals, and any number in its place."""
    assert said(learned, text, source, target) == wanted


def test_every_piece_can_be_written_alone_where_words_may_be_cut() -> None:
    """Else a phrase that stops before one that no other says alone leaves the search without an end."""
    spelling = Spelling(learn_spelling(["zelt ab"] * 4, size=40, spaced=True))
    read = spelling.read("zelta zelt")
    first, piece, _ = read.ids.tolist()
    pairs = Entries(np.array([0, 1]), np.array([0, 0]), np.full((2, 4), -0.2, np.float32))
    arrays = stored(phrases_of([(first,), (first, piece)]), phrases_of([(first,)]), pairs)
    model, weights = learn_ngrams([[first]], spelling.size), np.ones(len(SIGNS), np.float32)
    for whole_words, spans in ((False, {(0, 1), (0, 2), (1, 2), (2, 3)}), (True, {(0, 2), (2, 3)})):
        offer = Offer(opened(arrays, from_english=True), model, spelling, weights, whole_words=whole_words)
        options = offer.of(read)
        assert set(zip(options.start.tolist(), options.end.tolist(), strict=True)) == spans


@pytest.mark.parametrize("target", ["de", "fr", "ja"])
def test_numbers_and_words_never_met_come_through_as_they_were(learned: Path, target: str) -> None:
    """With every letter as it was written."""
    found = said(learned, "iZeltor red tent ⟦3⟧ 1.299,00 pack of 12", "en", target)
    assert all(one in found for one in ("iZeltor", "⟦3⟧", "1.299,00", "12"))


def test_a_long_text_is_said_in_stretches(learned: Path) -> None:
    """None of them is lost."""
    found = said(learned, ", ".join(f"red tent, pack of {i}" for i in range(100, 160)), "en", "de")
    assert [str(i) for i in range(100, 160)] == [
        part for part in found.replace("er", " ").split() if part.isdigit()
    ]


def test_what_is_wrong_is_said(learned: Path, tmp_path: Path) -> None:
    """With what to do about it."""
    with pytest.raises(NotFound, match="no phrases"):
        PhraseTranslator(str(tmp_path))
    with pytest.raises(BadConfig, match="stack=0"):
        PhraseTranslator(str(learned), stack=0)
    shutil.copytree(learned, tmp_path / "broken")
    (tmp_path / "broken/de/table.xz").write_bytes(b"no table")
    with pytest.raises(Corrupt, match=r"table\.xz"):
        said(tmp_path / "broken", "red tent", "en", "de")
    (tmp_path / "broken/card.json").write_text("{", encoding="utf-8")
    with pytest.raises(Corrupt, match=r"card\.json"):
        PhraseTranslator(str(tmp_path / "broken"))


def test_a_recipe_without_texts_of_a_language_is_refused(learned: Path, tmp_path: Path) -> None:
    """Before anything is learned."""
    write_texts(tmp_path / "texts.tsv")
    (tmp_path / "tiny.toml").write_text(RECIPE.replace('"ja"', '"ko"'), encoding="utf-8")
    with pytest.raises((BadConfig, BadInput), match="ko"):
        perform(Run(read_recipe(tmp_path / "tiny.toml"), tmp_path, tmp_path / "run", tmp_path, tmp_path))


def test_another_recipe_in_the_same_folder_is_refused(learned: Path, tmp_path: Path) -> None:
    """Else half of the languages would be the one's, half the other's."""
    write_texts(tmp_path / "texts.tsv")
    (tmp_path / "tiny.toml").write_text(RECIPE + "pieces = 400\n", encoding="utf-8")
    run = Run(read_recipe(tmp_path / "tiny.toml"), tmp_path, learned.parent, tmp_path, tmp_path)
    with pytest.raises(Conflict, match="another recipe"):
        perform(run)


def test_a_finished_language_is_not_learned_again(learned: Path, tmp_path: Path) -> None:
    """A run that was stopped goes on, and says the same as one that was not."""
    write_texts(tmp_path / "texts.tsv")
    (tmp_path / "tiny.toml").write_text(RECIPE, encoding="utf-8")
    shutil.copytree(learned / "fr", tmp_path / "run/learned/fr")
    before = (tmp_path / "run/learned/fr/table.xz").stat().st_mtime_ns
    found = perform(Run(read_recipe(tmp_path / "tiny.toml"), tmp_path, tmp_path / "run", tmp_path, tmp_path))
    assert (found / "fr/table.xz").stat().st_mtime_ns == before
    assert (found / "card.json").read_text() == (learned / "card.json").read_text()
    assert (found / "de/table.xz").read_bytes() == (learned / "de/table.xz").read_bytes()


@given(
    st.sets(st.lists(st.integers(1, 4), min_size=1, max_size=LONGEST).map(tuple), min_size=1, max_size=30),
    st.sets(st.lists(st.integers(1, 3), min_size=1, max_size=LONGEST).map(tuple), min_size=1, max_size=30),
)
def test_stored_phrases_are_all_there(english: set[tuple[int, ...]], other: set[tuple[int, ...]]) -> None:
    """Though each is stored without what it shares with the one before: every pair is found, both ways."""
    left, right = sorted(english), sorted(other)
    pairs = [(i, j) for i in range(len(left)) for j in range(len(right))]
    source, target = np.array(pairs).T
    arrays = stored(
        phrases_of(left), phrases_of(right), Entries(source, target, np.full((len(pairs), 4), -2.0))
    )
    for from_english, here, there in ((True, left, right), (False, right, left)):
        table = opened(arrays, from_english=from_english)
        for phrase in here:
            found = table.find(np.array(phrase))
            whole = found.only((found.start == 0) & (found.end == len(phrase)))
            said = sorted(
                tuple(i for i in row if i >= 0) for row in table.targets.rows[whole.target].tolist()
            )
            assert said == there


def test_a_stored_table_finds_every_span_in_both_directions() -> None:
    """And no other."""
    english, other = phrases_of([[3], [3, 4], [5]]), phrases_of([[7], [8, 9]])
    entries = Entries(np.array([0, 1, 1]), np.array([0, 0, 1]), np.full((3, 4), -2.0, np.float32))
    arrays = stored(english, other, entries)
    forth = opened(arrays, from_english=True).find(np.array([3, 4, 5]))
    back = opened(arrays, from_english=False).find(np.array([8, 9, 7]))
    assert sorted(zip(forth.start.tolist(), forth.end.tolist(), strict=True)) == [(0, 1), (0, 2), (0, 2)]
    assert sorted(zip(back.start.tolist(), back.end.tolist(), strict=True)) == [(0, 2), (2, 3), (2, 3)]
    assert forth.odds == pytest.approx(-2.0)


@pytest.mark.parametrize("seed", range(12))
def test_a_search_that_forgets_nothing_finds_the_likeliest(seed: int) -> None:
    """As going through every order of every cut would."""
    rng = np.random.default_rng(seed)
    n, model = 4, learn_ngrams([rng.integers(3, 9, 5).tolist() for _ in range(12)], 9)
    options = drawn(rng, n, model)
    weights = rng.normal(size=len(SIGNS)).astype(np.float32)
    weights[0], weights[JUMP] = 1.0, -0.3
    found = search([options], model, weights, Effort(stack=10_000, moves=10_000, jump=n))[0][0]
    best = max(worth_of(order, options, model, weights) for order in covers(options, n))
    assert found.score == pytest.approx(best, abs=1e-4)
    assert worth_of(found.options, options, model, weights) == pytest.approx(best, abs=1e-4)


def test_texts_searched_side_by_side_are_found_as_each_alone() -> None:
    rng = np.random.default_rng(3)
    model = learn_ngrams([rng.integers(3, 9, 12).tolist() for _ in range(40)], 9, least=1)
    options = [drawn(rng, n, model) for n in (5, 4, 7, 4)]
    weights = rng.normal(size=len(SIGNS)).astype(np.float32)
    weights[0], weights[JUMP] = 1.0, -0.3

    found = search(options, model, weights, Effort(jump=2), k=3)

    assert found == [search([one], model, weights, Effort(jump=2), k=3)[0] for one in options]
    assert [len(one) for one in found] == [3] * 4
    assert search([], model, weights, Effort()) == []


def drawn(rng: np.random.Generator, n: int, model: Ngrams) -> Options:
    spans = [(i, i + 1) for i in range(n)] + [(0, 2), (1, 3), (2, 4), (1, 4), (0, 1)]
    ids = [tuple(rng.integers(3, 9, rng.integers(1, 4)).tolist()) for _ in spans]
    signs = rng.normal(size=(len(spans), len(SIGNS))).astype(np.float32)
    signs[:, [0, JUMP]] = 0
    inside = [
        sum(float(model.score([a], [b], [c])[0]) for a, b, c in zip(i, i[1:], i[2:], strict=False))
        for i in ids
    ]
    starts, ends = (np.array(part) for part in zip(*spans, strict=True))
    first = np.array([[*i, -1][:2] for i in ids])
    last = np.array([[-1, *i][-2:] for i in ids])
    return Options(starts, ends, signs, tuple(ids), {}, first, last, np.array(inside), np.zeros(len(ids)))


def covers(options: Options, n: int) -> list[tuple[int, ...]]:
    def cuts(at: int) -> list[tuple[int, ...]]:
        if at == n:
            return [()]
        some = [k for k in range(len(options.start)) if options.start[k] == at]
        return [(k, *rest) for k in some for rest in cuts(int(options.end[k]))]

    return [order for cut in cuts(0) for order in permutations(cut)]


def worth_of(order: tuple[int, ...], options: Options, model: Ngrams, weights: np.ndarray) -> float:
    ids = [START, START, *(i for k in order for i in options.ids[k]), END]
    said_ = model.score(ids[:-2], ids[1:-1], ids[2:]).sum()
    jumps, end = 0, 0
    for k in order:
        jumps += abs(int(options.start[k]) - end)
        end = int(options.end[k])
    return float(
        options.signs[list(order)].sum(axis=0) @ weights + weights[0] * said_ + weights[JUMP] * jumps
    )
