"""Laws of what a reranker learns from, and of the task that teaches it."""

import gzip
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from dragoman.backends.encoders.adapter import merge_adapter
from dragoman.backends.encoders.weights import first
from dragoman.backends.rerankers.pairs import QUERY_TOKENS, TEXT_TOKENS, pair_of
from dragoman.backends.rerankers.trained import read_head
from dragoman.errors import BadConfig, Unsupported
from dragoman.learn import Recipe, open_task, train
from dragoman.learn.concepts import read_concepts
from dragoman.learn.evidence import queries_of
from dragoman.learn.groups import Group, drawn_group
from dragoman.learn.judged import ANSWERED, RANKED, Judged, is_aside, read_judged, titles_of, told
from dragoman.learn.pairs import Pairs, joined, judged_aside, loss_of
from dragoman.learn.recipe import TaskRecipe, read_recipe
from dragoman.models import Style, Tower, read_body
from dragoman.models.heads import load_heads
from dragoman.models.pairing import PairHead
from dragoman.models.stacking import stack
from dragoman.models.tower import body_of
from dragoman.testing.tiny_bert import LAYERS, write_tiny_bert
from dragoman.text.normalise import normalise

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")

ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared/data"
needs_data = pytest.mark.skipif(not (DATA / "xepqa").is_dir(), reason="the public sets are not here")

TASK = TaskRecipe(
    "pairs",
    options={
        "questions": "pqa",
        "translations": "said.jsonl",
        "queries": "queries.jsonl",
        "batch": 2,
        "candidates": 4,
        "mine": 2,
        "held": 0.2,
        "query_tokens": 14,
        "text_tokens": 20,
    },
)
TEN = Recipe("ten", (TASK,), steps=10, warm_up=2, rate=1e-3, save_every=1, measure_every=5)


def write(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Files of the public set's form: thirty questions about pots, each in Korean and Arabic too."""
    folder = tmp_path / "pqa"
    folder.mkdir()
    asked = [f"is pot {a}{b} blue" for a in "abcdef" for b in "klmno"]
    ranked = [
        {"question": question, "ASIN": f"B{i}", "title": f"pot {i}", "candidate": text, "label": label}
        for i, question in enumerate(asked)
        for text, label in ((f"pot {i} is blue", "2"), (f"lid {i}", "0"), (f"box {i}", "0"), (f"{i} kg", "1"))
    ]
    write(folder / "epqa.jsonl.gz", ranked)
    for name in RANKED[1:]:
        write(folder / f"{name}.jsonl.gz", [])
    answered = [{"question": "is it warm", "ASIN": "B3", "candidate": "it is warm"}]
    write(folder / f"{ANSWERED[0]}.jsonl.gz", answered)
    for name in ANSWERED[1:]:
        write(folder / f"{name}.jsonl.gz", [])
    said = [{"texts": {"en": [one], "ko": [f"{one} 무선"], "ar": [f"{one} سفر"]}} for one in asked]
    write(tmp_path / "said.jsonl", said)
    queries = [
        {"texts": {"en": [f"pot {i}"], "hi": [f"साड़ी {i}"]}, "right": [f"pot number {i}"]} for i in range(9)
    ]
    write(tmp_path / "queries.jsonl", queries)
    write_tiny_bert(tmp_path / "body")
    return tmp_path


def tower_of(shop: Path, **more: object) -> Tower:
    torch.manual_seed(0)
    return Tower(read_body(str(shop / "body")), Style("lora", rank=4), steps=10, **more)  # type: ignore[arg-type]


def run(shop: Path, folder: Path, recipe: Recipe = TEN) -> dict[str, torch.Tensor]:
    tower = tower_of(shop)
    tasks = [open_task(one, recipe, lambda place: shop / place) for one in recipe.tasks]
    train(recipe, tasks, tower, folder)
    return {name: weight.detach().clone() for name, weight in tower.learning().items()}


def test_ten_steps_leave_a_folder_that_numpy_reads_as_torch_does(shop: Path) -> None:
    run(shop, shop / "run")
    learned = shop / "run/learned"
    assert {path.name for path in learned.iterdir()} >= {"adapter_model.safetensors", "heads.safetensors"}
    [head] = load_heads(learned).values()
    assert isinstance(head, PairHead)
    tower = tower_of(shop)
    with torch.no_grad():
        found = joined(tower, [("무선 pot", "blue pot"), ("무선 pot", "red lid!")], Pairs(()))
        expected = head(found).numpy()
    ends = 2 + int(found.asked[0].sum())
    ours = read_head(learned).logits(found.states.numpy(), ends)
    np.testing.assert_allclose(ours, expected, atol=1e-4)


def test_a_run_that_was_stopped_and_went_on_ends_in_the_same_weights(shop: Path) -> None:
    whole = run(shop, shop / "whole")
    half = tower_of(shop)
    tasks = [open_task(one, TEN, lambda place: shop / place) for one in TEN.tasks]

    def stop(done: int, _all: int, _loss: float) -> None:
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(TEN, tasks, half, shop / "half", progress=stop)
    resumed = run(shop, shop / "half")
    assert all(torch.equal(resumed[name], whole[name]) for name in whole)


def test_measuring_tells_order_and_certainty(shop: Path) -> None:
    run(shop, shop / "run")
    lines = [json.loads(line) for line in (shop / "run/metrics.jsonl").read_text("utf-8").splitlines()]
    told_of = lines[-1]["tasks"]["pairs"]
    assert {"ndcg", "auc", "score"} <= told_of.keys()
    assert all(0 <= figure <= 1 for figure in told_of.values())


def test_questions_of_a_dev_set_take_their_products_along(shop: Path) -> None:
    barred = frozenset({normalise("IS POT  ak blue")})
    before, after = read_judged(shop / "pqa"), read_judged(shop / "pqa", without=barred)
    assert {one.question for one in before} - {one.question for one in after} == {"is pot ak blue"}
    third = frozenset({normalise("is pot an blue")})  # of product B3, which another file has too
    assert "is it warm" not in {one.question for one in read_judged(shop / "pqa", without=third)}


def test_grades_are_how_surely_a_text_answers(shop: Path) -> None:
    [one] = [one for one in read_judged(shop / "pqa") if one.question == "is pot ak blue"]
    assert dict(zip(one.texts, one.labels, strict=True)) == {
        "pot 0 is blue": 1.0, "lid 0": 0.0, "box 0": 0.0, "0 kg": 0.6,
    }  # fmt: skip


def test_no_judged_question_is_a_broken_recipe(shop: Path) -> None:
    write(shop / "pqa/epqa.jsonl.gz", [])
    with pytest.raises(BadConfig, match="no question is judged"):
        open_task(TASK, TEN, lambda place: shop / place)


def test_a_group_holds_what_answers_and_what_does_not() -> None:
    one = Judged("q", "B1", "Pot", ("yes", "no", "never"), (1.0, 0.0, 0.0), {"en": ["q"], "ko": ["질문"]})
    other = Judged("r", "B2", "Lid", ("perhaps",), (1.0,))
    options = Pairs((), candidates=4, titled=0.0, english=0.0)
    drawn = [
        drawn_group(one, [other] * 4, ["beside"], options, {}, rng=random.Random(seed)) for seed in range(20)
    ]
    assert {group.lang for group in drawn} == {"ko"}
    assert all(len(group.texts) == len(group.labels) <= 4 for group in drawn)
    labels = [dict(zip(group.texts, group.labels, strict=True)) for group in drawn]
    assert all(found["yes"] == 1.0 for found in labels)
    assert all(
        found.get(text, 0.0) == 0.0 for found in labels for text in ("no", "never", "beside", "perhaps")
    )


def test_titles_stand_before_all_texts_of_a_group_or_before_none() -> None:
    one = Judged("q", "B1", "Red Pot", ("yes", "no"), (1.0, 0.0))
    other = Judged("r", "B2", "Lid", ("perhaps",), (1.0,))
    always = Pairs((), candidates=4, titled=1.0)
    group = drawn_group(one, [other] * 4, (), always, {}, rng=random.Random(0))
    assert {text.split(": ")[0] for text in group.texts} == {"Red Pot", "Lid"}


def test_a_better_order_costs_less() -> None:
    group = Group("q", "en", ("a", "b", "c"), (1.0, 0.6, 0.0))
    losses = [
        float(loss_of(torch.tensor(rows), [group], surely=1.0))
        for rows in ([4.0, 1.0, -4.0], [1.0, 4.0, -4.0], [-4.0, 1.0, 4.0])
    ]
    assert losses == sorted(losses)


def test_a_pair_is_cut_and_keeps_its_ends() -> None:
    row = pair_of([0, *range(5, 105), 2], [0, *range(5, 205), 2])
    assert len(row) == QUERY_TOKENS + TEXT_TOKENS
    assert [row[0], row[QUERY_TOKENS - 1], row[QUERY_TOKENS], row[-1]] == [0, 2, 2, 2]


def test_first_layers_with_an_adapter_of_all_are_saved_as_one_adapter(shop: Path) -> None:
    whole = tower_of(shop)
    for name, weight in whole.learning().items():
        torch.nn.init.normal_(weight, std=0.05, generator=torch.Generator().manual_seed(len(name)))
    whole.save(shop / "start")
    short = tower_of(shop, layers=1, start=shop / "start")
    for weight in short.learning().values():
        torch.nn.init.normal_(weight, std=0.05, generator=torch.Generator().manual_seed(7))
    short.save(shop / "saved")
    weights = merge_adapter(first(read_body(str(shop / "body")), 1), shop / "saved")
    ids, mask = torch.tensor([[0, 9, 12, 2]]), torch.ones(1, 4)
    with torch.no_grad():
        merged = body_of(weights).eval()(input_ids=ids, attention_mask=mask).last_hidden_state
        expected = short.eval().states(ids, mask)
    np.testing.assert_allclose(merged.numpy(), expected.numpy(), atol=1e-4)
    with pytest.raises(Unsupported):
        stack(shop / "saved", shop / "start", layers=LAYERS)


@needs_data
def test_the_shipped_reranker_never_met_a_question_of_the_dev_sets() -> None:
    recipe = read_recipe(ROOT / "recipes/reranker.toml")
    [task] = recipe.tasks
    files = [path for pattern in task.options["without"]
             for path in sorted(DATA.glob(pattern.removeprefix("data:")))]  # fmt: skip
    barred = queries_of(files)
    questions = {query for path in files if "xepqa" in str(path) for query in queries_of([path])}
    assert len(barred) > 13 * 60
    assert questions <= barred
    concepts = read_concepts(ROOT / "data/parallel/sentences.jsonl.gz", without=barred)
    titles = titles_of(DATA / task.options["apart"][0].removeprefix("data:"))
    assert len(titles) > 50
    judged = told(read_judged(DATA / "amazon_pqa", without=barred, titles=titles), concepts)
    asked = {normalise(text) for one in judged for texts in one.said.values() for text in texts}
    assert len(asked) > 10_000
    assert not asked & barred
    assert not titles & {one.title for one in judged}


@needs_data
def test_what_only_measures_is_never_taught() -> None:
    judged = told(read_judged(DATA / "amazon_pqa"), read_concepts(ROOT / "data/parallel/sentences.jsonl.gz"))
    options = Pairs(())
    aside = judged_aside(judged, options)
    taught = [one for one in judged if not is_aside(one, options.held)]
    assert len(aside) > 60
    assert not {one.product for one in aside if one.product} & {one.product for one in taught}
    assert not {one.question.lower() for one in aside if not one.product} & {
        one.question.lower() for one in taught if not one.product
    }
