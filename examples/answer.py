"""Ask a shop in any language: the answer comes from its pages, with the words it stands on."""

import tempfile
from pathlib import Path

from dragoman import Query, Settings, open_guide

FEED = Path(__file__).parents[1] / "data" / "sample" / "sellers.jsonl"

with tempfile.TemporaryDirectory() as folder:
    guide = open_guide(Settings(shop=f"{folder}/shop", index="edge"))
    guide.ingest([FEED])
    for text, product in (
        ("このお鍋はIHで使えますか？", "demo-de-01"),
        ("كم سعرها؟", "demo-ar-03"),
        ("What do buyers say about the sound?", "demo-hi-06"),
        ("Who was the first on the moon?", "demo-hi-06"),
    ):
        made = guide.answer(Query(text, about=(product,)))
        print(f"{text}\n  {made.text}")
        for cited in made.citations:
            print(f"    {cited.passage.kind}, {cited.score:.2f}: {cited.quote}")
    guide.close()
