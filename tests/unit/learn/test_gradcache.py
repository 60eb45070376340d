"""Laws of cached batches: the gradients of the whole batch, what is kept in memory that of a chunk."""

import json
import random
from pathlib import Path

import pytest
import torch

from dragoman.learn import Recipe, open_task
from dragoman.learn.chunks import encoded
from dragoman.learn.losses import contrastive
from dragoman.learn.recipe import TaskRecipe
from dragoman.models import Style, Tower, read_body
from dragoman.testing.tiny_bert import write_tiny_bert

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")

TEXTS = (
    "red tent", "a red tent with two doors for winter", "удочка", "登山リュック", "خيمة", "सड़ी", "户外折叠椅",
    "무선 이어폰", "รองเท้าวิ่ง", "tienda roja", "tente rouge pour deux", "zelt", "barraca",
)  # fmt: skip


@pytest.fixture(scope="module")
def body(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_bert(folder)
    return folder


def tower_of(body: Path, *, dropout: float = 0.0) -> Tower:
    torch.manual_seed(0)
    tower = Tower(read_body(str(body)), Style("lora", rank=4, dropout=dropout), max_tokens=24)
    with torch.no_grad():  # LoRA's second half begins at zero, where half of the gradients are none
        for name, weight in tower.learning().items():
            weight.add_(torch.randn(weight.shape, generator=torch.Generator().manual_seed(len(name))) * 0.1)
    return tower


def loss_of(rows: torch.Tensor) -> torch.Tensor:
    half = len(rows) // 2
    same = torch.zeros(half, half, dtype=torch.bool)
    return contrastive(rows[:half], rows[half : 2 * half], same=same, temperature=0.05)


def gradients(tower: Tower) -> dict[str, torch.Tensor]:
    found = {
        name: weight.grad.clone() for name, weight in tower.learning().items() if weight.grad is not None
    }
    for weight in tower.learning().values():
        weight.grad = None
    return found


def apart(left: dict[str, torch.Tensor], right: dict[str, torch.Tensor]) -> float:
    assert left.keys() == right.keys()
    assert left
    return max(float((left[name] - right[name]).abs().max()) for name in left)


@pytest.mark.parametrize("chunk", [1, 3, 5, 12, 13, 100])
def test_a_chunked_batch_has_the_rows_and_the_gradients_of_the_plain_one(body: Path, chunk: int) -> None:
    tower = tower_of(body)
    plain = tower.encode(TEXTS, "query")
    loss_of(plain).backward()
    wanted = gradients(tower)
    rows = encoded(tower, TEXTS, "query", chunk=chunk)
    assert torch.allclose(rows, plain, atol=1e-6)
    loss_of(rows).backward()
    assert max(float(one.abs().max()) for one in wanted.values()) > 1e-3
    assert apart(gradients(tower), wanted) < 1e-5


def test_it_is_not_the_sum_of_small_batches(body: Path) -> None:
    tower = tower_of(body)
    loss_of(encoded(tower, TEXTS, "query", chunk=4)).backward()
    whole = gradients(tower)
    for at in range(0, 12, 4):
        loss_of(tower.encode(TEXTS[at : at + 4], "query")).backward()
    assert apart(gradients(tower), whole) > 1e-3


def kept(tower: Tower, chunk: int) -> int:
    """Bytes that the forward pass leaves for the backward one, weights aside."""
    sizes: dict[int, int] = {}
    own = {weight.data_ptr() for weight in tower.parameters()}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        if tensor.data_ptr() not in own:
            sizes[tensor.data_ptr()] = tensor.numel() * tensor.element_size()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        rows = encoded(tower, TEXTS * 4, "query", chunk=chunk)
    assert rows.requires_grad
    return sum(sizes.values())


def test_what_is_kept_for_the_way_back_does_not_grow_with_the_batch(body: Path) -> None:
    tower = tower_of(body)
    assert kept(tower, 4) * 20 < kept(tower, 0)


def test_dropout_draws_the_same_numbers_when_a_chunk_is_encoded_again(body: Path) -> None:
    tower = tower_of(body, dropout=0.3).train()
    torch.manual_seed(5)
    loss_of(encoded(tower, sorted(TEXTS, key=len), "query", chunk=5)).backward()
    found = gradients(tower)
    torch.manual_seed(5)
    listed = sorted(TEXTS, key=len)
    rows = torch.cat([tower.encode(listed[at : at + 5], "query") for at in range(0, 13, 5)])
    loss_of(rows).backward()
    assert apart(found, gradients(tower)) < 1e-5


@pytest.mark.parametrize("kind", ["align", "relevance"])
def test_a_task_has_the_same_gradients_with_the_option_as_without(
    body: Path, tmp_path: Path, kind: str
) -> None:
    concepts = [{"texts": {"en": [f"pot {i}"], "ru": [f"{i} чайник"], "zh": [f"{i}茶壶"]}} for i in range(60)]
    questions = [{"texts": {"en": [f"which pot {i}"]}, "right": [f"pot {i} of clay"]} for i in range(30)]
    for name, rows in (("sources", concepts), ("questions", questions)):
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    found = []
    for chunk in (0, 5):
        key = "sources" if kind == "align" else "questions"
        asked = TaskRecipe(kind, options={"batch": 12, "chunk": chunk, key: f"{key}.jsonl"})
        task = open_task(asked, Recipe("r", (asked,)), lambda place: tmp_path / place)
        tower = tower_of(body)
        task.loss(tower, random.Random(3)).backward()
        found.append(gradients(tower))
    assert apart(*found) < 1e-5
