"""Draw the shop's pictures: one SVG a synthetic product, and a placeholder a kind of real product.

Shapes are ours (``shapes.tsv``: name, SVG fragment with three colours ``@a @b @c``), ``drawings.tsv`` says
which product or category shows which shape. The colours follow from the name, so a run changes nothing.

    python data/sample/draw.py
"""

import colorsys
import csv
import hashlib
import json
from html import escape
from pathlib import Path

HERE = Path(__file__).parent

PICTURE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" role="img" aria-label="{label}">
<defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="{top}"/><stop offset="1" stop-color="{foot}"/>\
</linearGradient></defs>
<rect width="400" height="400" fill="url(#g)"/><circle cx="200" cy="200" r="148" fill="#fff" opacity=".55"/>
<g transform="translate(60 60) scale(1.4)">{shape}</g>{badge}
</svg>
"""
BADGE = """
<circle cx="346" cy="346" r="34" fill="{ink}"/><text x="346" y="358" font-family="sans-serif" font-size="34" \
font-weight="700" text-anchor="middle" fill="#fff">{initial}</text>"""


def colour(hue: float, lightness: float, saturation: float) -> str:
    """Return the colour as ``#rrggbb``; every argument is in 0..1.

    >>> colour(0.0, 0.5, 1.0)
    '#ff0000'
    """
    red, green, blue = colorsys.hls_to_rgb(hue % 1.0, lightness, saturation)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def picture(name: str, label: str, shape: str, initial: str = "") -> str:
    """Return one SVG; its hue follows from ``name``, its corner shows ``initial`` if there is one."""
    hue = int(hashlib.sha256(name.encode()).hexdigest()[:6], 16) / 0xFFFFFF
    ink = colour(hue, 0.36, 0.46)
    inks = {"@a": ink, "@b": colour(hue + 0.42, 0.47, 0.44), "@c": colour(hue + 0.06, 0.93, 0.5)}
    for key, value in inks.items():
        shape = shape.replace(key, value)
    return PICTURE.format(
        label=escape(label, quote=True),
        top=colour(hue + 0.03, 0.9, 0.55),
        foot=colour(hue - 0.05, 0.8, 0.45),
        shape=shape,
        badge=BADGE.format(ink=ink, initial=escape(initial)) if initial else "",
    )


def table(path: Path) -> dict[str, str]:
    """Return the first two columns of a TSV with a header."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return {row[0]: row[1] for row in rows[1:]}


def pictures() -> dict[str, str]:
    """Return every picture of the shop by its file name."""
    shapes, drawings = table(HERE / "shapes.tsv"), table(HERE / "drawings.tsv")
    drawn: dict[str, str] = {}
    for line in (HERE / "sellers.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        name, brand = row["id"], row["brand"]
        drawn[name] = picture(name, f"{brand} (demo picture)", shapes[drawings[name]], brand[0])
    for key, shape in drawings.items():
        if not key.startswith("demo-"):
            drawn[f"kind-{shape}"] = picture(f"kind-{shape}", f"{shape} (placeholder)", shapes[shape])
    return {f"{name}.svg": svg for name, svg in drawn.items()}


if __name__ == "__main__":
    for name, svg in pictures().items():
        (HERE / "pictures" / name).write_text(svg, encoding="utf-8")
