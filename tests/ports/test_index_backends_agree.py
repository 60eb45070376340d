"""Embedded equals distributed: one sample of real products through both, the same answers from both."""

import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import numpy as np
import orjson
import pytest
from qdrant_client import QdrantClient

from dragoman.backends.indexes.cluster import ClusterIndex
from dragoman.backends.indexes.edge import EdgeIndex
from dragoman.ports import Index
from dragoman.rank.represent import document_terms, passage_text, query_terms
from dragoman.testing.encoders import HashEncoder
from dragoman.testing.indexes import MemoryIndex
from dragoman.text.segment import terms
from dragoman.types import (
    Fact,
    FactFilter,
    Filter,
    Listing,
    Money,
    Offer,
    Passage,
    PriceRange,
    Product,
    Scored,
    Text,
)

CATALOGUE = Path(os.environ.get("DRAGOMAN_DATA", "../shared/data")) / "epqa_catalogue" / "products.jsonl.gz"
MARKETS = ("US", "DE", "JP", "")
CURRENCIES = ("USD", "EUR", "JPY", "USD")
ENCODER = HashEncoder(dim=128)
QUERIES = (
    "camping hammock", "Kopfhörer mit Kabel", "refrigerator crisper drawer", "baby gate", "防水", "واقي شاشة",
    "usb-c charger 3m", "coffee filter", "ventilador", "детский стул", "led strip lights", "water filter ge",
)  # fmt: skip


def sample(n: int) -> list[Listing]:
    """Real titles and passages; prices, sellers and colours by row number, for the catalogue has none."""
    found = []
    with gzip.open(CATALOGUE, "rt", encoding="utf-8") as file:
        for i, line in zip(range(n), file, strict=False):
            row = orjson.loads(line)
            place = i % 4
            product = Product(
                row["id"],
                (Text(row["title"], "en"),),
                brand=row["title"].split()[0],
                category=("Home > Kitchen", "Home", "Sports > Camping > Hammocks")[i % 3],
                facts=(Fact("Color", ("red", "blue", "green")[i % 3]), Fact("Weight", str(i % 50 / 4))),
                offers=(
                    Offer(MARKETS[place], Money(100 * i, CURRENCIES[place]), availability="in_stock"),
                    Offer("FR", Money(90 * i, "EUR"), availability=("out_of_stock", "preorder")[i % 2]),
                ),
                seller=f"seller {i % 7}",
            )
            said = tuple(Passage(row["id"], "review", Text(p["text"], "en")) for p in row["passages"])
            found.append(Listing(product, said, f"digest {i}"))
    return found


@pytest.fixture(scope="module")
def backends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Index]]:
    if not CATALOGUE.exists():
        pytest.skip(f"{CATALOGUE} is not there: set DRAGOMAN_DATA")
    shop = sample(400)
    rows = ENCODER.encode([passage_text(one.product) for one in shop], "passage")
    bags = [document_terms(one.product, terms=terms) for one in shop]
    url, name = os.environ.get("DRAGOMAN_QDRANT_URL", ""), f"dragoman-{uuid4().hex}"
    opened: dict[str, Index] = {
        "memory": MemoryIndex(dim=ENCODER.dim),
        "embedded": EdgeIndex(tmp_path_factory.mktemp("agree") / "shop", dim=ENCODER.dim),
        "distributed": ClusterIndex(url=url, collection=name, dim=ENCODER.dim),
    }
    for index in opened.values():
        index.put(shop[:150], rows[:150], bags[:150])
        index.put(shop[100:], rows[100:], bags[100:])
    yield opened
    for index in opened.values():
        index.close()
    if url:
        QdrantClient(url=url).delete_collection(name)


WHERE = (
    Filter(),
    Filter(market="DE"),
    Filter(market="FR", availability=("preorder",), prices=(PriceRange("EUR", 1000, 20000),)),
    Filter(prices=(PriceRange("EUR", 1000, 20000), PriceRange("JPY", None, 9000), PriceRange("CHF", 1, 2))),
    Filter(
        categories=("Home",),
        facts=(FactFilter("Weight", low=2, high=8), FactFilter("Color", ("red", "blue"))),
    ),
    Filter(sellers=("seller 3", "seller 4"), langs=("en", "de")),
)


def agree(one: list[list[Scored]], other: list[list[Scored]]) -> None:
    """The same ids with the same scores; where scores differ by rounding only, either order will do."""
    for found, expected in zip(one, other, strict=True):
        np.testing.assert_allclose([s.score for s in found], [s.score for s in expected], atol=1e-4)
        scores = {s.id: s.score for s in expected}
        last = expected[-1].score if expected else 0.0
        assert all(abs(scores.get(s.id, last) - s.score) < 1e-5 for s in found)
        assert {s.id for s in found} ^ set(scores) <= {s.id for s in found if abs(s.score - last) < 1e-5} | {
            s.id for s in expected if abs(s.score - last) < 1e-5
        }


@pytest.mark.parametrize("other", ["embedded", "distributed"])
class TestBackendsAgree:
    @pytest.mark.parametrize("where", WHERE)
    def test_on_what_is_nearest(self, backends: dict[str, Index], other: str, where: Filter) -> None:
        rows = ENCODER.encode(QUERIES, "query")
        agree(backends[other].nearest(rows, 20, where), backends["memory"].nearest(rows, 20, where))

    @pytest.mark.parametrize("where", WHERE)
    def test_on_what_matches(self, backends: dict[str, Index], other: str, where: Filter) -> None:
        bags = [query_terms(terms(text)) for text in QUERIES]
        agree(backends[other].matching(bags, 20, where), backends["memory"].matching(bags, 20, where))

    @pytest.mark.parametrize("where", WHERE)
    def test_on_facets(self, backends: dict[str, Index], other: str, where: Filter) -> None:
        names = ["brand", "category", "availability", "market", "seller", "lang", "facts", "fact:Color"]
        assert backends[other].facets(names, where, 10) == backends["memory"].facets(names, where, 10)

    def test_on_spellings(self, backends: dict[str, Index], other: str) -> None:
        slipped = ["hammok", "refridgerator", "fliter", "campign", "zzzzz"]
        agree(backends[other].spellings(slipped, 3), backends["memory"].spellings(slipped, 3))

    def test_on_products_and_their_order(self, backends: dict[str, Index], other: str) -> None:
        ids = backends["memory"].ids("", 1000)
        assert backends[other].ids("", 1000) == ids
        assert backends[other].get(ids) == backends["memory"].get(ids)
        assert backends[other].passages(ids) == backends["memory"].passages(ids)
