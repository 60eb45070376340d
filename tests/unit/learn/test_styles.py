"""Laws of fine-tuning styles and losses: what learns, what does not, and what a loss is by hand."""

from pathlib import Path

import pytest
import torch

from dragoman.backends.encoders.adapter import merge_adapter
from dragoman.errors import BadConfig, Corrupt, NotFound, Unsupported
from dragoman.learn.losses import apart, contrastive, found_among
from dragoman.models import Style, StyleKind, Tower, read_body
from dragoman.testing.tiny_bert import LAYERS, write_tiny_bert

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning:peft")


@pytest.fixture(scope="module")
def body(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_bert(folder)
    return folder


def tower_of(body: Path, kind: StyleKind, **options: int | bool) -> Tower:
    torch.manual_seed(0)
    return Tower(read_body(str(body)), Style(kind, **{"rank": 4, "layers": 1, **options}), max_tokens=24)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["full", "top", "lora", "adalora", "ia3", "prefix", "prompt", "bottleneck"])
def test_a_step_changes_what_learns_and_nothing_else(body: Path, kind: StyleKind) -> None:
    tower = tower_of(body, kind)
    before = {name: weight.detach().clone() for name, weight in tower.named_parameters()}
    learning = tower.learning()
    assert learning
    optimiser = torch.optim.AdamW(learning.values(), lr=0.01)
    for _ in range(3):  # LoRA's second half starts at zero: the first step moves only the other
        rows = tower.encode(["red tent", "удочка", "登山"], "query")
        assert rows.shape == (3, tower.dim)
        assert torch.allclose(rows.norm(dim=1), torch.ones(3), atol=1e-5)
        (rows @ rows.T).sum().backward()
        optimiser.step()
        optimiser.zero_grad()
    after = dict(tower.named_parameters())
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed
    assert changed <= set(learning)


def test_the_styles_differ_in_what_learns(body: Path) -> None:
    counts = {
        kind: sum(weight.numel() for weight in tower_of(body, kind).learning().values())
        for kind in ("full", "top", "lora", "ia3", "head", "bottleneck")
    }
    assert counts["head"] == 0
    assert 0 < counts["ia3"] < counts["lora"] < counts["top"] < counts["full"]
    assert counts["ia3"] < counts["bottleneck"] < counts["lora"]  # two detours a layer, not six matrices
    words = sum(weight.numel() for weight in tower_of(body, "full", words=True).learning().values())
    assert words > counts["full"]
    top = tower_of(body, "top", layers=1).learning()
    assert all(f"layer.{LAYERS - 1}." in name for name in top)


def test_the_body_as_it_came_stays_at_hand(body: Path) -> None:
    for kind in ("full", "lora", "bottleneck"):
        tower = tower_of(body, kind)
        first = tower.origin(["red tent"], "query")
        with torch.no_grad():
            for weight in tower.learning().values():
                weight.add_(torch.linspace(0.0, 0.2, weight.numel()).view_as(weight))
        fresh = tower_of(body, kind).origin(["red tent"], "query")
        assert torch.allclose(tower.origin(["red tent"], "query"), first)
        assert torch.allclose(first, fresh, atol=1e-6)
        assert not torch.allclose(tower.encode(["red tent"], "query").detach(), first, atol=1e-3)


def test_rows_depend_on_their_own_text_only(body: Path) -> None:
    tower = tower_of(body, "lora")
    texts = ["a", "red tent with two doors", "удочка", "登山リュック", "خيمة", "सड़ी"] * 6
    together = tower.encode(texts, "passage").detach()
    alone = torch.cat([tower.encode([text], "passage") for text in texts]).detach()
    assert torch.allclose(together, alone, atol=1e-5)


def test_a_saved_adapter_merged_into_the_weights_gives_the_tower_s_vectors(
    body: Path, tmp_path: Path
) -> None:
    tower = tower_of(body, "lora")
    with torch.no_grad():
        for name, weight in tower.learning().items():
            weight.add_(torch.randn(weight.shape, generator=torch.Generator().manual_seed(len(name))) * 0.1)
    tower.save(tmp_path / "adapter")
    merged = Tower(merge_adapter(read_body(str(body)), tmp_path / "adapter"), Style("head"), max_tokens=24)
    texts = ["red tent", "удочка", "登山"]
    assert torch.allclose(merged.encode(texts, "query"), tower.encode(texts, "query").detach(), atol=1e-4)


def test_fresh_bottleneck_adapters_change_nothing_and_saved_ones_come_back(
    body: Path, tmp_path: Path
) -> None:
    texts = ["red tent", "удочка", "登山", "خيمة"]
    tower = tower_of(body, "bottleneck")
    plain = tower_of(body, "head").encode(texts, "query").detach()
    assert torch.allclose(tower.encode(texts, "query").detach(), plain, atol=1e-6)
    with torch.no_grad():
        for name, weight in tower.learning().items():
            weight.add_(torch.randn(weight.shape, generator=torch.Generator().manual_seed(len(name))) * 0.2)
    learned = tower.encode(texts, "query").detach()
    assert not torch.allclose(learned, plain, atol=1e-3)
    tower.save(tmp_path / "adapter")
    again = tower_of(body, "bottleneck")
    again.body.load_adapters(tmp_path / "adapter")
    assert torch.equal(again.encode(texts, "query").detach(), learned)
    sizes = sum(path.stat().st_size for path in (tmp_path / "adapter").iterdir())
    assert sizes < 4 * sum(weight.numel() for weight in tower.learning().values()) + 10_000
    with pytest.raises(Unsupported, match="BOTTLENECK"):  # no matrix does what they do
        merge_adapter(read_body(str(body)), tmp_path / "adapter")


def test_bottleneck_adapters_that_are_missing_cut_or_of_another_size_are_refused(
    body: Path, tmp_path: Path
) -> None:
    tower = tower_of(body, "bottleneck")
    with pytest.raises(NotFound):
        tower.body.load_adapters(tmp_path)
    tower.save(tmp_path / "adapter")
    with pytest.raises(Corrupt, match="rank 5"):
        tower_of(body, "bottleneck", rank=5).body.load_adapters(tmp_path / "adapter")
    path = tmp_path / "adapter/adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(Corrupt, match="cannot read"):
        tower.body.load_adapters(tmp_path / "adapter")


@pytest.mark.parametrize("wrong", [Style(rank=0), Style("top", layers=0), Style(dropout=1.0)])
def test_a_style_that_cannot_be_trained_is_refused(body: Path, wrong: Style) -> None:
    with pytest.raises(BadConfig, match="cannot be trained"):
        Tower(read_body(str(body)), wrong)


def test_losses_by_hand() -> None:
    eye = torch.eye(2)
    none = torch.zeros(2, 2, dtype=torch.bool)
    expected = torch.log(1 + torch.exp(torch.tensor(-1.0)))
    assert torch.isclose(contrastive(eye, eye, same=none, temperature=1.0), expected)
    assert torch.isclose(contrastive(eye, eye, same=~none, temperature=1.0), torch.tensor(0.0), atol=1e-6)
    assert torch.isclose(found_among(eye, eye, barred=none, temperature=1.0), expected)
    harder = found_among(
        eye, torch.cat([eye, eye[:1]]), barred=torch.zeros(2, 3, dtype=torch.bool), temperature=1.0
    )
    assert harder > expected
    assert float(apart(eye, eye)) == 0.0
    assert float(apart(eye, -eye)) == 2.0
