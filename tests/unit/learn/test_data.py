"""Laws of what is trained on: languages balanced, dev sets never met, broken files told by line."""

import gzip
import json
import random
import re
from collections import Counter
from pathlib import Path

import pytest

from dragoman.errors import BadInput, NotFound
from dragoman.learn.augment import slip, switch, thin
from dragoman.learn.concepts import draw, is_held_out, read_concepts
from dragoman.learn.evidence import draw_questions, queries_of, read_questions, translated
from dragoman.learn.phrases import is_held_out as only_measures
from dragoman.learn.phrases import read_phrases
from dragoman.learn.recipe import TaskRecipe, read_recipe, sources_of
from dragoman.text.normalise import normalise
from dragoman.text.stem import stem

ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared/data"
LANGS = ("zh", "ja", "ko", "ar", "hi", "ru", "de", "es", "fr", "pt", "th")
needs_data = pytest.mark.skipif(not (DATA / "xepqa").is_dir(), reason="the public sets are not here")


def write(path: Path, rows: list[object]) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def test_weights_decide_which_languages_are_drawn_and_zero_leaves_one_out() -> None:
    concept = {"en": ["tent"], **{lang: [f"tent-{lang}"] for lang in LANGS}}
    weights = {"ar": 3.0, "ko": 0.0}
    pairs = draw([concept], 2_000, weights=weights, rng=random.Random(0))
    drawn = Counter(pair.lang for pair in pairs)
    assert drawn["ko"] == 0
    assert set(drawn) == set(LANGS) - {"ko"}
    assert 2.2 < drawn["ar"] / drawn["th"] < 4.0
    assert all(pair.text.lower() == f"tent-{pair.lang}" for pair in pairs)


def test_a_concept_whose_languages_are_all_left_out_is_never_drawn() -> None:
    concepts = [{"en": ["a"], "ko": ["b"]}, {"en": ["c"], "de": ["d"]}]
    pairs = draw(concepts, 50, weights={"ko": 0.0}, rng=random.Random(0))
    assert {pair.lang for pair in pairs} == {"de"}


def test_a_text_of_a_dev_set_takes_its_concept_out(tmp_path: Path) -> None:
    rows: list[object] = [
        {"texts": {"en": ["Red  Tent"], "de": ["rotes Zelt"]}},
        {"texts": {"en": ["hose"], "de": ["Schlauch"]}},
    ]
    path = write(tmp_path / "c.jsonl", rows)
    assert len(read_concepts(path)) == 2
    assert len(read_concepts(path, without=frozenset({normalise("ROTES ZELT")}))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"texts": {}}',
        '{"texts": {"de": ["x"]}}',
        '{"texts": {"en": []}}',
        '{"texts": {"en": [3]}}',
    ],
)
def test_a_broken_line_is_told_by_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text('{"texts": {"en": ["a"], "de": ["b"]}}\n' + line, encoding="utf-8")
    with pytest.raises(BadInput, match=r"c\.jsonl:2"):
        read_concepts(path)


def test_a_missing_file_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        read_concepts(tmp_path / "no.jsonl")
    assert "DRAGOMAN_DATA" in caught.value.hint


def test_slips_and_thinning_leave_a_text_near_what_it_was() -> None:
    rng = random.Random(0)
    for text in ("kopfhörer mit kabel", "скрипка для начинающих", "户外吊床支架", "غسالة ملابس"):
        for _ in range(50):
            assert abs(len(slip(text, rng=rng)) - len(text)) <= 1
            assert set(thin(text, rng=rng).split()) <= set(text.split())
            assert thin(text, rng=rng)


def test_switching_needs_a_dictionary_of_the_language() -> None:
    words = {"tent": {"ko": "텐트"}}
    assert switch("red tent?", words, "ko", rng=random.Random(0), share=1.0) == "red 텐트?"
    assert switch("red tent?", words, "de", rng=random.Random(0), share=1.0) == "red tent?"


@needs_data
def test_no_question_of_the_dev_set_nor_its_product_s_judgements_are_trained_on() -> None:
    dev = queries_of((DATA / "xepqa").glob("queries.*.jsonl"))
    questions = read_questions(DATA / "amazon_pqa", without=dev)
    assert len(questions) > 1_000
    assert not {normalise(one.text) for one in questions} & dev
    assert all(one.right for one in questions)
    drawn = draw_questions(questions, 16, rng=random.Random(0))
    assert len({one.text for one in drawn}) == 16


def test_a_table_of_queries_gives_what_people_judged_right_and_wrong_and_keeps_its_dev_half(
    tmp_path: Path,
) -> None:
    path = tmp_path / "q.tsv"
    head = "row\tlanguage\tquery\tcategory_path\tlabel\tsplit"
    rows = ["0\tko\t텐트\ttents\t1\ttrain", "1\tko\t텐트\tshoes\t0\ttrain", "2\tja\t靴\tshoes\t1\tdev"]
    rows += ["3\tde\tZelt\ttents\t1\ttrain", "4\tfr\ttente\tshoes\t0\ttrain"]
    path.write_text("\n".join([head, *rows]), encoding="utf-8")
    found = read_questions(path, without=frozenset({normalise("zelt")}))
    assert [(one.text, one.right, one.wrong, one.said) for one in found] == [
        ("텐트", ("tents",), ("shoes",), {"ko": ("텐트",)})
    ]
    path.write_text("language\tquery\nko\t텐트", encoding="utf-8")
    with pytest.raises(BadInput, match="category_path"):
        read_questions(path)


PATTERNS = ("psearch/queries.*.jsonl", "xepqa/queries.*.jsonl", "query_category/dev/queries.*.jsonl")


def place(path: str) -> Path:
    return DATA / path[5:] if path.startswith("data:") else ROOT / "recipes" / path


def texts_met(task: TaskRecipe) -> set[str]:
    """Every text that a task of a recipe may ask the tower to read, with the recipe's own exclusions."""
    own = queries_of(path for pattern in task.options["without"] for path in DATA.glob(pattern[5:]))
    concepts = [
        one for source in sources_of(task.options) for one in read_concepts(place(source.path), without=own)
    ]
    questions = [
        one
        for source in sources_of(task.options, "questions")
        for one in read_questions(place(source.path), without=own)
    ]
    for source in sources_of(task.options, "translations"):
        questions = translated(questions, read_concepts(place(source.path), without=own))
    said = [*concepts, *(one.said for one in questions)]
    return {one.text for one in questions} | {
        text for one in said for texts in one.values() for text in texts
    }


@needs_data
@pytest.mark.parametrize("file", ["nouns", "names", "taxonomy", "goods", "queries-paths"])
def test_no_name_of_a_product_was_taken_from_a_query_of_a_dev_set(file: str) -> None:
    dev = queries_of(path for pattern in PATTERNS for path in DATA.glob(pattern))
    with gzip.open(ROOT / f"data/parallel/{file}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line)["texts"] for line in lines]
    # The taxonomy's own English is what it is.
    own = {"en"} if file == "taxonomy" else set()
    names = {normalise(name) for row in rows for lang in row.keys() - own for name in row[lang]}
    assert len(names) > 20_000
    assert not names & dev


@needs_data
def test_no_written_name_is_one_that_only_measures() -> None:
    """Nor one but for number, order and small words."""

    def bare(name: str) -> frozenset[str]:
        words = re.findall(r"[^\W_]+", name.lower())
        return frozenset(stem(word) for word in words if word not in ("and", "the", "for", "of", "with"))

    taxonomy = read_phrases(DATA / "shopify_taxonomy/wide.tsv.gz")
    measuring = {bare(one["en"]) for one in taxonomy if only_measures(one)}
    with gzip.open(ROOT / "data/parallel/names.jsonl.gz", "rt", encoding="utf-8") as lines:
        names = [json.loads(line)["texts"]["en"][0] for line in lines]
    assert len(measuring) > 900
    assert not [name for name in names if bare(name) in measuring]


def test_a_further_file_adds_languages_that_a_phrase_lacks_and_nothing_else(tmp_path: Path) -> None:
    chief = write(tmp_path / "a.jsonl", [{"texts": {"en": ["Tents"], "de": ["Zelte"]}}])
    rows: list[object] = [
        {"texts": {"en": ["tents"], "ar": ["خيام", "خيمة"], "de": ["Zelt"]}},
        {"texts": {"en": ["lamps"], "ar": ["مصابيح"]}},
    ]
    further = write(tmp_path / "b.jsonl", rows)
    assert read_phrases(chief, further) == [{"en": "Tents", "de": "Zelte", "ar": "خيام"}]


@needs_data
@pytest.mark.parametrize("name", ["teacher", "encoder"])
def test_no_query_of_a_dev_set_is_met_by_a_recipe_of_the_shipped_encoder(name: str) -> None:
    dev = queries_of(path for pattern in PATTERNS for path in DATA.glob(pattern))
    assert len(dev) > 2_000
    for task in read_recipe(ROOT / f"recipes/{name}.toml").tasks:
        met = texts_met(task)
        assert len(met) > 1_000
        assert not {normalise(text) for text in met} & dev


def test_the_parallel_text_that_ships_has_every_language_and_keeps_some_aside() -> None:
    seen: Counter[str] = Counter()
    for path in sorted((ROOT / "data/parallel").glob("*.jsonl.gz")):
        concepts = read_concepts(path)
        seen.update(lang for concept in concepts for lang in concept)
        assert 0.02 < sum(map(is_held_out, concepts)) / len(concepts) < 0.06
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            assert json.loads(next(lines))["source"] == path.name.removesuffix(".jsonl.gz")
    assert all(seen[lang] > 4_000 for lang in LANGS)
