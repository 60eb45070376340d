"""Laws of the task ``reading``: asks are learned in any language, and the backend reads as the tower does."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from dragoman.backends.readers.folder import FolderReader
from dragoman.errors import BadConfig, BadInput
from dragoman.learn import Recipe, open_task, train
from dragoman.learn.asks import Asked, found_places, read_asked
from dragoman.learn.reading import read_with, wanted_of
from dragoman.learn.recipe import TaskRecipe
from dragoman.learn.task import fitted, set_training
from dragoman.models import Style, Tower, read_body
from dragoman.models.halves import halves_of
from dragoman.models.heads import load_heads
from dragoman.models.pieces import NOWHERE, Pieces
from dragoman.models.spans import SpanHead
from dragoman.models.tower import padded
from dragoman.testing.tiny_bert import write_tiny_bert

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")

TENTS = {"ar": "تبدر", "de": "zelt", "en": "tent", "hi": "सड़ी", "ja": "テント", "ko": "무선", "ru": "палатка",
         "th": "วิ่ง", "zh": "登山"}  # fmt: skip
ASKS = {"ar": "حدر", "de": "ding", "en": "thing", "hi": "रोड़", "ja": "椅リュ", "ko": "이어", "ru": "стул",
        "th": "เท้า", "zh": "折叠"}  # fmt: skip
TASK = TaskRecipe("reading", options={"sources": ["own.jsonl"], "batch": 8, "held": 20, "width": 16})
TEN = Recipe("ten", (TASK,), steps=10, warm_up=2, rate=2e-3, save_every=1, measure_every=5)
TOP, LORA = Style("top", layers=1), Style("lora", rank=4, last=1)


@pytest.fixture(scope="module")
def body(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_bert(folder)
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Texts in nine languages that say what a thing is and how many; asked in the text's own language."""
    folder = tmp_path_factory.mktemp("asked")
    rows = [
        {"lang": lang, "text": f"{n}{m} {word}", "asks": asks_of(lang, word)}
        for lang, word in TENTS.items()
        for n in "123456"
        for m in "7890"
    ]
    with gzip.open(folder / "own.jsonl", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return folder


def asks_of(lang: str, word: str) -> dict[str, list[list[int]]]:
    return {ASKS[lang]: [[3, 3 + len(word)]], "size": [[0, 2]], "x": []}


def tower_of(body: Path, style: Style) -> Tower:
    torch.manual_seed(0)
    return Tower(read_body(str(body)), style, max_tokens=30)


@pytest.mark.parametrize("style", [TOP, LORA], ids=["top", "lora"])
def test_ten_steps_stopped_and_gone_on_are_ten_steps(
    style: Style, body: Path, data: Path, tmp_path: Path
) -> None:
    def stop(done: int, _steps: int, _loss: float) -> None:
        if done == 7:
            raise KeyboardInterrupt

    tasks = [open_task(TASK, TEN, data.joinpath) for _ in range(3)]
    train(TEN, tasks[:1], tower_of(body, style), tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        train(TEN, tasks[1:2], tower_of(body, style), tmp_path / "broken", progress=stop)
    train(TEN, tasks[2:], tower_of(body, style), tmp_path / "broken")
    files = [(tmp_path / run / "learned/heads.safetensors").read_bytes() for run in ("whole", "broken")]
    assert files[0] == files[1]


@pytest.mark.parametrize("style", [TOP, LORA], ids=["top", "lora"])
def test_the_backend_reads_what_the_tower_learned(
    style: Style, body: Path, data: Path, tmp_path: Path
) -> None:
    recipe = Recipe("r", (TASK,), steps=80, rate=5e-3, head_rate=3e-2, measure_every=80, save_every=80)
    tasks = [open_task(TASK, recipe, data.joinpath)]
    tower = tower_of(body, style)
    learned = train(recipe, tasks, tower, tmp_path / "run")
    [line] = [json.loads(one) for one in (tmp_path / "run/metrics.jsonl").read_text("utf-8").splitlines()]
    assert {key for key in line["tasks"]["spans"] if "/" in key} == {f"F1/{lang}" for lang in TENTS}
    assert line["tasks"]["spans"]["score"] > 0.25  # an untrained head finds nothing
    head = load_heads(learned)["spans"]
    assert isinstance(head, SpanHead)
    set_training(tasks, tower, on=False)
    reader = FolderReader(str(learned), body=str(body), home=str(tmp_path), precision="float32", least=0.2)
    for text in ("25 zelt", "48 登山", "38 палатка", "19 วิ่ง"):
        asks = ["size", "ding", "折叠"]
        [there] = read_with(tower, head, [text], asks, least=0.2)
        [here] = reader.read([text], asks)
        best = {ask: some[0] for ask, some in there.items() if some}
        assert {one.ask for one in here} == set(best)
        for ask, (start, end, score) in best.items():
            one = next(one for one in here if one.ask == ask)
            assert (one.start, one.end) == (start, end)
            assert one.score == pytest.approx(score, abs=1e-3)


def test_a_body_in_halves_is_the_body(body: Path) -> None:
    tower = tower_of(body, TOP)
    halves = halves_of(tower.body)
    assert halves is not None
    ids, mask = padded([[0, 9, 8, 7, 2], [0, 5, 2], [0, 9, 8, 7, 2]])
    whole = tower.body(input_ids=ids, attention_mask=mask).last_hidden_state
    for _ in range(2):  # computed, then remembered at half precision
        found = halves(ids, mask)
        assert torch.allclose(found[mask == 1], whole[mask == 1], atol=2e-2)
    assert found.requires_grad


def test_a_body_that_learns_from_its_first_layer_has_no_halves(body: Path) -> None:
    assert halves_of(tower_of(body, Style("lora", rank=4)).body) is None
    assert halves_of(tower_of(body, Style("full")).body) is None


def test_pieces_under_a_place_are_its_start_inside_and_end() -> None:
    pieces = Pieces((0, 9, 8, 7, 2), (NOWHERE, (0, 3), (4, 6), (6, 9), NOWHERE))
    row = Asked("red tent", "en", {"thing": ((4, 9),), "size": ()})
    wanted = wanted_of(row, pieces, ["thing", "size"])
    assert wanted[:, 0].tolist() == [[0, 0, 0], [0, 0, 0], [1, 0, 1], [0, 1, 1], [0, 0, 0]]
    assert wanted[:, 1].sum() == 0


def test_a_task_can_go_on_with_a_head_that_was_learned(body: Path, data: Path, tmp_path: Path) -> None:
    learned = train(TEN, [open_task(TASK, TEN, data.joinpath)], tower_of(body, TOP), tmp_path / "run")
    asked = replace(TASK, options={**TASK.options, "begin": str(learned)})
    task = open_task(asked, TEN, data.joinpath)
    assert task.head is not None
    wanted = load_heads(learned)["spans"].state_dict()
    assert all(torch.equal(weight, wanted[name]) for name, weight in task.head.state_dict().items())


def test_an_unseen_ask_is_taken(body: Path, data: Path) -> None:
    tower = tower_of(body, TOP)
    tasks = [open_task(TASK, TEN, data.joinpath)]
    fitted(tasks, tower)
    assert isinstance(tasks[0].head, SpanHead)
    set_training(tasks, tower, on=False)
    [found] = read_with(tower, tasks[0].head, ["25 zelt"], ["never asked before"], least=0.3)
    assert list(found) == ["never asked before"]


@pytest.mark.parametrize(
    ("line", "places", "values"),
    [
        (
            {"input": "Red hat 5 x 5", "category": "h", "target_scores": {"C": {"Red": 1}, "W": {"n/a": 1}}},
            {"C": ((0, 3),), "W": ()},
            {"C": ("Red",), "W": ()},
        ),
        (
            {
                "input_title": "Hat 5",
                "input_description": "red, 5 oz",
                "target_scores": {"C": {"red": {"pid": [1]}}, "W": {"5": {"pid": [1]}}},
            },
            {"C": ((6, 9),), "W": ((11, 12),)},
            {"C": ("red",), "W": ("5",)},
        ),
        ({"text": "红帽", "asks": {"颜色": [[0, 1]]}}, {"颜色": ((0, 1),)}, {"颜色": ("红",)}),
    ],
    ids=["title", "parts", "own"],
)  # fmt: skip
def test_every_kind_of_line_says_what_is_asked_and_where(
    line: dict[str, object], places: object, values: object, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(line), encoding="utf-8")
    [row] = read_asked(tmp_path / "a.jsonl")
    assert row.places == places
    assert row.values == values


def test_labels_of_tagged_files_are_asked_in_words(tmp_path: Path) -> None:
    lines = [{"tokens": ["红", "帽"], "tags": ["O", "B-P"]}, {"tokens": ["鞋"], "tags": ["O"]}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    one, other = read_asked(tmp_path / "a.jsonl", lang="zh", names={"P": "product"})
    assert one.places == {"product": ((1, 2),)}
    assert other.places == {"product": ()}


def test_a_value_with_letters_is_found_everywhere_and_a_number_once() -> None:
    assert found_places("red hat, Red shoe", "red") == ((0, 3),)
    assert found_places("4-core/8MB, 4-core", "4-core") == ((0, 6), (12, 18))
    assert found_places("5 of 5", "5") == ((0, 1),)
    assert found_places("4Inx6In", "6In") == ((4, 7),)
    assert found_places("blue", "red") == ()


def test_a_place_outside_its_text_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "red", "asks": {"color": [[0, 9]]}}', encoding="utf-8")
    with pytest.raises(BadInput, match="1"):
        read_asked(tmp_path / "a.jsonl")


def test_a_file_without_asks_cannot_be_learned_from(tmp_path: Path) -> None:
    (tmp_path / "own.jsonl").write_text('{"text": "red", "asks": {}}', encoding="utf-8")
    with pytest.raises(BadConfig, match="nothing is asked"):
        open_task(TASK, TEN, tmp_path.joinpath)
