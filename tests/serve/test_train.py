"""`dragoman train` on the real body: what it writes is an adapter that the encoder takes."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from dragoman.backends.encoders.adapter import merge_adapter
from dragoman.backends.encoders.packaged import read_packaged
from dragoman.serve.cli import dragoman

CONCEPTS = [
    {"en": ["tent"], "ko": ["텐트"], "ar": ["خيمة"], "th": ["เต็นท์"]},
    {"en": ["steel bottle"], "de": ["Stahlflasche"], "zh": ["钢瓶"], "hi": ["स्टील की बोतल"]},
    {"en": ["garden hose"], "ja": ["ガーデンホース"], "ru": ["садовый шланг"]},
    {"en": ["running shoes"], "es": ["zapatillas de correr"], "fr": ["chaussures de course"]},
]
RECIPE = """
steps = 3
save_every = 1
[style]
rank = 4
[[tasks]]
kind = "align"
batch = 4
sources = ["concepts.jsonl"]
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    lines = [json.dumps({"texts": texts}, ensure_ascii=False) for texts in CONCEPTS]
    (tmp_path / "concepts.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "mine.toml").write_text(RECIPE, encoding="utf-8")
    return tmp_path / "mine.toml"


@pytest.mark.quality
@pytest.mark.filterwarnings("ignore::FutureWarning:transformers")
def test_what_training_writes_is_an_adapter_the_encoder_takes_and_a_second_call_changes_nothing(
    recipe: Path,
) -> None:
    out = recipe.parent / "run"
    said = CliRunner().invoke(dragoman, ["train", str(recipe), "--out", str(out)], catch_exceptions=False)
    assert said.exit_code == 0
    assert str(out / "learned") in said.output
    assert (out / "recipe.toml").read_text("utf-8") == RECIPE
    base = read_packaged()
    merged = merge_adapter(base, out / "learned")
    changed = [name for name in base.arrays if not np.array_equal(base.arrays[name], merged.arrays[name])]
    assert len(changed) == 6 * base.shape.layers
    before = (out / "learned/adapter_model.safetensors").read_bytes()
    CliRunner().invoke(dragoman, ["train", str(recipe), "--out", str(out)], catch_exceptions=False)
    assert (out / "learned/adapter_model.safetensors").read_bytes() == before


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ('steps = 0\n[[tasks]]\nkind = "align"', "steps = 0"),
        ('steps = "many"', "steps = 'many'"),
        ("stepz = 3", "stepz"),
        ("steps = ", "recipe is a TOML file"),
        ('[[tasks]]\nkind = "alignment"', "alignment"),
        ('[[tasks]]\nkind = "align"\nbatches = 3', "batches"),
        ('[[tasks]]\nkind = "align"\nsources = ["nowhere.jsonl"]', "nowhere.jsonl"),
        ('[style]\nkind = "loraa"\n[[tasks]]\nkind = "align"', "loraa"),
        ("steps = 3", "no task"),
    ],
)
def test_a_broken_recipe_is_refused_with_the_value_and_the_remedy(
    tmp_path: Path, broken: str, told: str
) -> None:
    path = tmp_path / "broken.toml"
    path.write_text(broken, encoding="utf-8")
    said = CliRunner().invoke(dragoman, ["train", str(path), "--out", str(tmp_path / "run")])
    assert said.exit_code != 0
    error = said.exception
    assert told in f"{getattr(error, 'message', '')} {getattr(error, 'hint', '')}"
