"""A whole shop translated beforehand; run it again and it goes on where it stopped.

Sees ports only. What was translated before is found in the desk's memory by its content.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dragoman.ports import Encoder, Index
from dragoman.text.tags import canonical
from dragoman.translate.desk import Desk
from dragoman.translate.request import is_translated, translate
from dragoman.types import Lang, Passage, Product, Text

AT_ONCE = 32
"""Products between two signs of progress: what a crash costs at most."""
_READ = ("review", "answer")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ShelfReport:
    """What became of a shop's texts in one language."""

    target: Lang
    products: int = 0
    texts: int = 0  # in another language than the target
    shown: int = 0
    below: int = 0  # not sure enough, or of a pair that is off: the original is shown

    def and_also(self, other: "ShelfReport") -> "ShelfReport":
        """Return both counted together."""
        return ShelfReport(
            self.target,
            self.products + other.products,
            self.texts + other.texts,
            self.shown + other.shown,
            self.below + other.below,
        )


def translate_shelf(
    targets: Sequence[Lang],
    *,
    index: Index,
    desk: Desk,
    encoder: Encoder | None = None,
    is_whole: bool = False,
    progress: Progress | None = None,
) -> tuple[ShelfReport, ...]:
    """Translate the titles of all products, and with ``is_whole`` all that their pages say, into each target.

    Args:
        encoder: Checks every translation by the vectors.
        progress: Called with the products done and those there are, over all targets.

    Raises:
        BadInput: a target is no language.
        Unavailable: the translator does not answer; what was done stays done.
    """
    wanted = [canonical(target) for target in targets]
    found = {target: ShelfReport(target) for target in wanted}
    total, done = len(index) * len(wanted), 0
    for ids in _pages(index):
        products = index.get(ids)
        passages = index.passages(ids) if is_whole else [()] * len(ids)
        for target in wanted:
            texts = [
                (text, product.brand)
                for product, said in zip(products, passages, strict=True)
                for text in texts_of(product, said, is_whole=is_whole)
            ]
            part = _counted(texts, target, len(ids), desk, encoder)
            found[target] = found[target].and_also(part)
            done += len(ids)
            if progress:
                progress(done, total)
    return tuple(found.values())


def texts_of(product: Product, passages: Sequence[Passage] = (), *, is_whole: bool) -> list[Text]:
    """Return what a page says of a product in the seller's language; the title alone unless it is whole.

    >>> tea = Product("1", (Text("Tee", "de"), Text("Tea", "en")))
    >>> [text.value for text in texts_of(tea, is_whole=False)]
    ['Tee']
    """
    title = product.titles[:1]
    if not is_whole:
        return list(title)
    own = title[0].lang if title else "und"
    said = [text for text in (*product.bullets, *product.descriptions) if text.lang == own]
    facts = [Text(word, own) for fact in product.facts for word in (fact.name, fact.value)]
    return [*title, *said, *facts, *(one.text for one in passages if one.kind in _READ)]


def _counted(
    texts: Sequence[tuple[Text, str]], target: Lang, products: int, desk: Desk, encoder: Encoder | None
) -> ShelfReport:
    made = translate(
        [text for text, _ in texts],
        target,
        desk=desk,
        keep=[(brand,) if brand else () for _, brand in texts],
        encoder=encoder,
    )
    foreign = [one for one in made if one.engine]
    shown = sum(is_translated(one) for one in foreign)
    return ShelfReport(target, products, len(foreign), shown, len(foreign) - shown)


def _pages(index: Index) -> Iterator[list[str]]:
    ids = index.ids("", AT_ONCE)
    while ids:
        yield ids
        ids = index.ids(ids[-1], AT_ONCE)
