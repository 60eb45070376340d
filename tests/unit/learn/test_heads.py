"""Laws of heads: tasks with labels, tags and hidden words learn, are measured, kept and opened again."""

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from torch.nn.functional import cross_entropy

from dragoman.errors import BadConfig, Corrupt, NotFound
from dragoman.learn import Recipe, Task, open_task, train
from dragoman.learn.classes import likely, told
from dragoman.learn.masked import hide
from dragoman.learn.recipe import TaskRecipe
from dragoman.learn.tags import begun_by, spans_in
from dragoman.learn.task import set_training
from dragoman.models import Style, Tower, read_body
from dragoman.models.heads import LabelHead, MaskedHead, load_heads
from dragoman.models.pieces import NOWHERE, Pieces, pieces_of, states_of
from dragoman.ports import Role
from dragoman.testing.tiny_bert import write_tiny_bert

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")

Make = Callable[..., Tower]
LANGS = ("ar", "de", "en", "es", "fr", "hi", "ja", "ko", "pt", "ru", "th", "zh")
TENTS = (
    "تبدر",
    "zelt",
    "tent",
    "tienda",
    "tente",
    "सड़ी",
    "テント登山",
    "무선",
    "tenda",
    "палатка",
    "วิ่ง",
    "登山",
)
CHAIRS = (
    "حدرس",
    "stuhl",
    "chair",
    "silla",
    "chaise",
    "रोड़",
    "椅リュ",
    "이어폰",
    "cadeira",
    "стул",
    "เท้า",
    "折叠椅",
)
NUMBERS = tuple(f"{a}{b}" for a in "1234" for b in "567890")
CLASSES = TaskRecipe("classes", options={"sources": ["own.tsv"], "batch": 16, "held": 20, "name": "thing"})
TAGS = TaskRecipe("tags", options={"sources": ["spans.jsonl"], "batch": 12, "held": 20, "name": "parts"})
MASKED = TaskRecipe("masked", options={"lines": ["lines_de.txt"], "batch": 8, "sampled": 40, "held": 20})
TEN = Recipe("ten", (CLASSES,), steps=10, warm_up=2, rate=2e-3, save_every=1, measure_every=5)


@pytest.fixture(scope="module")
def body(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny body that knows a mask."""
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_bert(folder, mask=True)
    return folder


def tower_of(body: Path, style: Style = Style(rank=4)) -> Tower:
    torch.manual_seed(0)
    return Tower(read_body(str(body)), style, steps=10, max_tokens=32)


@pytest.fixture
def tower(body: Path) -> Make:
    """Make a tower of the tiny body; always from the same random numbers."""
    return partial(tower_of, body)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Things in twelve languages: a label for each text, a span in each text, and plain lines."""
    rows: list[str] = []
    spans: list[dict[str, object]] = []
    for lang, tent, chair in zip(LANGS, TENTS, CHAIRS, strict=True):
        for number in NUMBERS:
            rows += [f"{lang}\ttent\t{number} {tent}", f"{lang}\tchair\t{chair} {number}"]
            named = [[0, 2, "size"], [3, 3 + len(tent), "tent"]]
            spans.append({"lang": lang, "text": f"{number} {tent} x", "spans": named})
    (tmp_path / "own.tsv").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "spans.jsonl").write_text("\n".join(map(json.dumps, spans)), encoding="utf-8")
    (tmp_path / "lines_de.txt").write_text("\n".join(f"{n} zelt zelt" for n in NUMBERS), encoding="utf-8")
    return tmp_path


def tasks_of(recipe: Recipe, data: Path) -> list[Task]:
    return [open_task(task, recipe, lambda place: data / place) for task in recipe.tasks]


def weights_of(tower: Tower, tasks: list[Task]) -> dict[str, torch.Tensor]:
    found = {name: weight.detach().clone() for name, weight in tower.learning().items()}
    for task in tasks:
        assert task.head is not None
        found |= {f"{task.name}.{key}": value.clone() for key, value in task.head.state_dict().items()}
    return found


class Stop(Exception):
    """Breaks a run off from inside."""


@pytest.mark.parametrize("task", [CLASSES, TAGS, MASKED], ids=lambda task: task.kind)
def test_ten_steps_of_every_task_learn_and_leave_heads_that_open(
    tower: Make, data: Path, tmp_path: Path, task: TaskRecipe
) -> None:
    recipe = replace(TEN, tasks=(task,))
    [mine] = tasks_of(recipe, data)
    trained = tower()
    before = weights_of(tower(), [])
    learned = train(recipe, [mine], trained, tmp_path / "run")
    after = weights_of(trained, [])
    assert any(not torch.equal(before[name], after[name]) for name in before)
    [head] = load_heads(learned).values()
    assert mine.head is not None
    assert all(torch.equal(value, mine.head.state_dict()[key]) for key, value in head.state_dict().items())
    assert not head.training
    lines = [json.loads(line) for line in (tmp_path / "run/metrics.jsonl").read_text("utf-8").splitlines()]
    assert [line["step"] for line in lines] == [5, 10]
    assert all(0 <= line["tasks"][mine.name]["score"] == line["mean"] <= 1 for line in lines)


def test_a_run_of_all_tasks_that_was_stopped_ends_in_the_same_weights_and_heads(
    tower: Make, data: Path, tmp_path: Path
) -> None:
    recipe = replace(TEN, tasks=(CLASSES, TAGS, MASKED), mixing="uncertainty", measure_every=10)

    def stop(done: int, _all: int, _loss: float) -> None:
        if done == 6:
            raise Stop

    towers, tasks = [tower() for _ in range(3)], [tasks_of(recipe, data) for _ in range(3)]
    train(recipe, tasks[0], towers[0], tmp_path / "whole")
    with pytest.raises(Stop):
        train(recipe, tasks[1], towers[1], tmp_path / "broken", progress=stop)
    train(recipe, tasks[2], towers[2], tmp_path / "broken")
    whole, resumed = weights_of(towers[0], tasks[0]), weights_of(towers[2], tasks[2])
    assert whole.keys() == resumed.keys()
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
    files = [(tmp_path / run / "learned/heads.safetensors").read_bytes() for run in ("whole", "broken")]
    assert files[0] == files[1]


def test_labels_are_learned_in_twelve_languages_and_measured_in_each(
    tower: Make, data: Path, tmp_path: Path
) -> None:
    recipe = replace(TEN, steps=60, measure_every=60, save_every=60)
    tasks = tasks_of(recipe, data)
    trained = tower()
    learned = train(recipe, tasks, trained, tmp_path / "run")
    [line] = [json.loads(line) for line in (tmp_path / "run/metrics.jsonl").read_text("utf-8").splitlines()]
    found = line["tasks"]["thing"]
    assert {key.partition("/")[2] for key in found if "/" in key} == set(LANGS)
    assert found["score"] > 0.8  # chance is 0.5
    head = load_heads(learned)["thing"]
    assert isinstance(head, LabelHead)
    assert told(trained, head, ["25 zelt", "стул 38"]) == ["tent", "chair"]
    shares = likely(trained, head, ["25 zelt"])
    assert torch.allclose(shares.sum(dim=1), torch.ones(1))


def test_spans_are_learned_in_twelve_languages_and_found_in_texts(
    tower: Make, data: Path, tmp_path: Path
) -> None:
    recipe = replace(TEN, tasks=(TAGS,), steps=100, measure_every=100, save_every=100)
    tasks = tasks_of(recipe, data)
    trained = tower()
    learned = train(recipe, tasks, trained, tmp_path / "run")
    [line] = [json.loads(line) for line in (tmp_path / "run/metrics.jsonl").read_text("utf-8").splitlines()]
    found = line["tasks"]["parts"]
    assert {key for key in found if key.startswith("span")} == {f"span F1/{lang}" for lang in LANGS}
    assert found["score"] > 0.8
    assert all(found[f"reachable/{lang}"] >= found[f"span F1/{lang}"] for lang in LANGS)
    head = load_heads(learned)["parts"]
    assert isinstance(head, LabelHead)
    [spans] = spans_in(trained, head, ["25 zelt x"])
    assert [("25 zelt x"[span.start : span.end], span.label) for span in spans] == [
        ("25", "size"),
        ("zelt", "tent"),
    ]


def test_hidden_words_are_guessed_better_than_before(tower: Make, data: Path, tmp_path: Path) -> None:
    recipe = replace(TEN, tasks=(MASKED,), style=Style("full"), steps=60, measure_every=60, save_every=60)
    [task] = tasks_of(recipe, data)
    trained = tower(Style("full"))
    train(recipe, [task], trained, tmp_path / "run")
    assert task.measure is not None
    after = task.measure(trained)
    [fresh] = tasks_of(recipe, data)
    assert fresh.head is not None
    assert fresh.measure is not None
    other = tower(Style("full"))
    fresh.head.fit(other.dim, other.words.shape[0])
    before = fresh.measure(other)
    assert after["perplexity/de"] < before["perplexity/de"] / 2
    assert after["score"] > before["score"]


def test_a_left_out_language_is_measured_and_never_drawn(
    tower: Make, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = replace(TEN, held_out=("ko", "ar"))
    [task] = tasks_of(recipe, data)
    mine = tower()
    assert task.head is not None
    task.head.fit(mine.dim, mine.words.shape[0])
    seen: list[str] = []
    encode = mine.encode

    def watched(texts: list[str], role: Role) -> torch.Tensor:
        seen.extend(texts)
        return encode(texts, role)

    monkeypatch.setattr(mine, "encode", watched)
    for seed in range(20):
        task.loss(mine, random.Random(seed))
    assert seen
    assert not any(word in text for text in seen for word in ("무선", "이어폰", "تبدر", "حدرس"))
    assert task.measure is not None
    assert {"accuracy/ko", "accuracy/ar"} <= task.measure(mine).keys()


def test_pieces_stand_where_their_words_do_in_every_language(tower: Make) -> None:
    texts = [f"7 {tent} {chair}x" for tent, chair in zip(TENTS, CHAIRS, strict=True)]
    mine = tower()
    for text, pieces, ids in zip(
        texts, pieces_of(mine, texts, "query"), mine.tokens(texts, "query"), strict=True
    ):
        assert list(pieces.ids) == ids
        shown = "".join(text[start:end] for start, end in pieces.places)
        assert shown == text.replace(" ", "")
    [long] = pieces_of(mine, ["zelt " * 50], "query")
    assert len(long.ids) == len(long.places) == mine.max_tokens
    assert long.places[-1] == NOWHERE


def test_a_row_s_states_do_not_depend_on_its_neighbours(tower: Make) -> None:
    mine = tower()
    rows = [one.ids for one in pieces_of(mine, [*TENTS, "a", "zelt stuhl " * 3] * 4, "passage")]
    together = states_of(mine, rows)
    alone = [states_of(mine, [row])[0] for row in rows]
    assert all(torch.allclose(one, other, atol=1e-5) for one, other in zip(together, alone, strict=True))


def test_only_the_first_piece_of_a_word_counts_and_one_piece_may_begin_several() -> None:
    places = (NOWHERE, (0, 2), (2, 5), (6, 8), NOWHERE)
    pieces = Pieces((0, 4, 5, 6, 2), places)
    assert begun_by(pieces, [(0, 5), (6, 7), (7, 8)]) == {1: [0], 3: [1, 2]}
    assert begun_by(pieces, [(9, 12)]) == {}


def test_what_is_hidden_is_masked_changed_or_left_as_bert_has_it() -> None:
    size = 50
    places = (NOWHERE, NOWHERE, *((i, i + 1) for i in range(size)), NOWHERE)
    pieces = Pieces(tuple(range(len(places))), places)
    kinds: Counter[str] = Counter()
    for seed in range(400):
        ids, wanted = hide(pieces, mask=999, vocabulary=900, share=0.15, rng=random.Random(seed))
        assert len(wanted) == 8
        assert not {0, 1, size + 2} & set(wanted)
        assert all(ids[i] == pieces.ids[i] for i in range(len(ids)) if i not in wanted)
        assert all(pieces.ids[i] == id for i, id in wanted.items())
        kinds.update(
            "mask" if ids[i] == 999 else "same" if ids[i] == id else "other" for i, id in wanted.items()
        )
    shares = {kind: count / kinds.total() for kind, count in kinds.items()}
    assert shares == pytest.approx({"mask": 0.8, "same": 0.1, "other": 0.1}, abs=0.025)


def test_a_text_of_one_piece_is_hidden_and_one_of_none_is_left() -> None:
    one = Pieces((0, 7, 2), (NOWHERE, (0, 1), NOWHERE))
    assert hide(one, mask=9, vocabulary=10, share=0.01, rng=random.Random(0))[1] == {1: 7}
    none = Pieces((0, 2), (NOWHERE, NOWHERE))
    assert hide(none, mask=9, vocabulary=10, share=0.5, rng=random.Random(0)) == ([0, 2], {})


def test_sampled_words_stand_for_all_of_them() -> None:
    torch.manual_seed(0)
    table, rows, wanted = torch.randn(400, 16) * 0.3, torch.randn(30, 16), torch.randint(0, 400, (30,))
    head = MaskedHead(seed=1)
    head.fit(16, 400)
    exact = cross_entropy(head(rows, table), wanted).detach()
    assert torch.isclose(head.loss(rows, wanted, table), exact)

    def drawn(draws: int) -> torch.Tensor:
        losses = [
            head.loss(rows, wanted, table, sampled=draws, chance=torch.Generator().manual_seed(seed))
            for seed in range(40)
        ]
        return torch.stack(losses).mean().detach()

    assert abs(float(drawn(390) - exact)) < 0.1
    assert abs(float(drawn(390) - exact)) < abs(float(drawn(30) - exact))


def test_the_masked_head_has_no_table_of_its_own(tower: Make, data: Path, tmp_path: Path) -> None:
    recipe = replace(TEN, tasks=(MASKED,), steps=2)
    mine = tower()
    before = mine.words.detach().clone()
    [task] = tasks_of(recipe, data)
    train(recipe, [task], mine, tmp_path / "run")
    assert torch.equal(mine.words, before)  # the style freezes them, and nothing else holds them
    assert isinstance(task.head, MaskedHead)
    assert {key: tuple(value.shape) for key, value in task.head.state_dict().items()} == {
        "weight": (64, 64), "bias": (64,), "words": (len(before),), "norm.weight": (64,), "norm.bias": (64,),
    }  # fmt: skip


def test_dropout_is_on_in_training_and_off_in_measuring(tower: Make, data: Path) -> None:
    [task] = tasks_of(replace(TEN, tasks=(CLASSES,)), data)
    mine = tower()
    assert isinstance(task.head, LabelHead)
    task.head.fit(mine.dim)
    rows = mine.encode(["zelt"], "query").detach()
    set_training([task], mine, on=True)
    assert not torch.equal(task.head(rows), task.head(rows))
    set_training([task], mine, on=False)
    assert torch.equal(task.head(rows), task.head(rows))


def test_uncertainties_move_enough_to_weigh_tasks(tower: Make, data: Path, tmp_path: Path) -> None:
    recipe = replace(TEN, tasks=(CLASSES, TAGS), mixing="uncertainty", steps=20, rate=1e-4, measure_every=20)
    train(recipe, tasks_of(recipe, data), tower(), tmp_path / "run")
    doubts = torch.load(tmp_path / "run/checkpoint.pt", weights_only=True)["weights"]["doubts"]
    assert float(doubts.abs().max()) > 0.05  # by the weights' own rate it would be at most 0.002


def test_the_same_seed_gives_the_same_head_and_another_name_another_one(tower: Make, data: Path) -> None:
    other = replace(CLASSES, options={**CLASSES.options, "name": "other"})
    heads = [tasks_of(replace(TEN, tasks=(task,)), data)[0].head for task in (CLASSES, CLASSES, other)]
    for head in heads:
        assert head is not None
        head.fit(64, 0)
    one, again, differs = (head.state_dict()["weight"] for head in heads if head is not None)
    assert torch.equal(one, again)
    assert not torch.equal(one, differs)


def test_what_all_rows_share_says_nothing_of_their_labels() -> None:
    head = LabelHead(["a", "b"], seed=3)
    head.fit(8)
    head.eval()
    rows = torch.ones(4, 8) + torch.eye(4, 8) * 0.1
    head.centre_on(rows)
    assert torch.allclose(head(rows).mean(dim=0), torch.zeros(2), atol=1e-5)


@pytest.mark.parametrize("name", ["tower", "two words", "a.b"])
def test_a_head_s_name_is_its_own(tower: Make, data: Path, tmp_path: Path, name: str) -> None:
    named = replace(TEN, tasks=(replace(CLASSES, options={**CLASSES.options, "name": name}),))
    twice = replace(TEN, tasks=(CLASSES, CLASSES))
    for recipe in (named, twice):
        with pytest.raises(BadConfig, match="cannot be named"):
            train(recipe, tasks_of(recipe, data), tower(), tmp_path / "run")


def test_a_body_without_a_mask_is_refused_the_task(data: Path, tmp_path: Path) -> None:
    write_tiny_bert(tmp_path / "plain")
    recipe = replace(TEN, tasks=(MASKED,))
    with pytest.raises(BadConfig, match="mask"):
        train(recipe, tasks_of(recipe, data), tower_of(tmp_path / "plain"), tmp_path / "run")


def test_heads_that_are_not_there_or_damaged_say_so(tower: Make, data: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no heads"):
        load_heads(tmp_path)
    learned = train(replace(TEN, steps=1), tasks_of(TEN, data), tower(), tmp_path / "run")
    whole = (learned / "heads.safetensors").read_bytes()
    for damage in (b"", whole[:50]):
        (learned / "heads.safetensors").write_bytes(damage)
        with pytest.raises(Corrupt, match="cannot read"):
            load_heads(learned)
    (learned / "heads.safetensors").write_bytes(whole)
    (learned / "heads.json").write_text('{"thing": {"kind": "label", "labels": ["one"]}}', encoding="utf-8")
    with pytest.raises(Corrupt, match="cannot read"):
        load_heads(learned)


@pytest.mark.parametrize(
    ("task", "wrong"),
    [
        (CLASSES, {"rare": 10_000}),
        (TAGS, {"rare": 10_000}),
        (CLASSES, {"role": "king"}),
        (MASKED, {"share": 0.0}),
        (MASKED, {"lines": []}),
    ],
)
def test_options_that_cannot_work_are_refused_before_anything_is_trained(
    data: Path, task: TaskRecipe, wrong: dict[str, object]
) -> None:
    recipe = replace(TEN, tasks=(replace(task, options={**task.options, **wrong}),))
    with pytest.raises(BadConfig):
        tasks_of(recipe, data)
