"""A language model trained for seconds, the same for every test of this folder that asks."""

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from dragoman.learn.language import compose
from dragoman.learn.recipe import Recipe, TaskRecipe
from dragoman.suggest import Writer

NOUNS = {
    "en": ["tent", "tent pegs", "garden hose", "teapot", "running shoes", "rain jacket"],
    "de": ["zelt", "zelthering", "gartenschlauch", "teekanne", "laufschuhe", "regenjacke"],
    "zh": ["帐篷", "帐篷钉", "花园水管", "茶壶", "跑鞋", "雨衣"],
    "ar": ["خيمة", "أوتاد خيمة", "خرطوم حديقة", "إبريق شاي", "حذاء جري", "معطف مطر"],
}
COLOURS = {
    "en": ["red", "blue", "green"],
    "de": ["rot", "blau", "grün"],
    "zh": ["红色", "蓝色", "绿色"],
    "ar": ["أحمر", "أزرق", "أخضر"],
}


def write_texts(folder: Path) -> list[dict[str, list[str]]]:
    """Write texts.jsonl: 24 things by four languages."""
    concepts = [
        {
            lang: [f"{NOUNS[lang][n]} {COLOURS[lang][c]}".strip() if c < 3 else NOUNS[lang][n]]
            for lang in NOUNS
        }
        for n in range(6)
        for c in range(4)
    ]
    lines = [json.dumps({"texts": texts}, ensure_ascii=False) for texts in concepts]
    (folder / "texts.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return concepts


@cache
def tiny_writer() -> Writer:
    """Return a recurrent model that knows two dozen things in four languages."""
    options = {"sources": ["texts.jsonl"], "pieces": 420, "alphabet": 120, "dim": 24, "hidden": 64}
    task = TaskRecipe("completion", options=options | {"batch": 24, "others": 0, "held": 0, "dropout": 0.0})
    recipe = Recipe("tiny", (task,), steps=200, rate=1e-2, warm_up=5, save_every=1000, measure_every=1000)
    with TemporaryDirectory() as folder:
        write_texts(Path(folder))
        return Writer(compose(recipe, Path(folder).joinpath, Path(folder) / "run"))
