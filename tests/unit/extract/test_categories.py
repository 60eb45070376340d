"""The category of a page: the seller's, else the nearest by meaning, made once and kept."""

from pathlib import Path

import numpy as np

from dragoman.catalog.request import ENCODED_AT_ONCE
from dragoman.extract import Extractor, Page, Shelves, extract, kept_shelves, shelves_of
from dragoman.extract.category import shelf_named
from dragoman.extract.request import WORTH
from dragoman.extract.schema import Category, taxonomy
from dragoman.testing.encoders import HashEncoder
from dragoman.types import Text

FLUTES = next(one for one in taxonomy().categories if one.path.endswith("> Flutes"))


def test_vectors_of_categories_are_made_once_and_read_again(tmp_path: Path) -> None:
    encoder = HashEncoder(dim=16)
    assert kept_shelves(encoder, tmp_path) is None
    made = shelves_of(encoder, tmp_path)
    kept = kept_shelves(encoder, tmp_path)
    assert kept is not None
    assert np.allclose(kept.vectors, made.vectors, atol=1e-3)
    assert shelves_of(encoder, tmp_path).categories == made.categories


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    encoder = HashEncoder(dim=16)
    shelves_of(encoder, tmp_path)
    [path] = tmp_path.iterdir()
    path.write_bytes(b"no vectors")
    assert kept_shelves(encoder, tmp_path) is None
    assert len(shelves_of(encoder, tmp_path).vectors) > 1000


def test_the_nearest_category_is_taken_where_its_neighbours_agree() -> None:
    rows = np.eye(4, dtype=np.float32)
    categories = (
        Category("Toys > Dolls", ()),
        Category("Toys > Cars", ()),
        FLUTES,
        Category("Home > Lamps", ()),
    )
    shelves = Shelves(rows, categories)
    sure, torn = shelves.nearest(np.array([[0, 0, 1, 0], [0.5, 0.5, 0.5, 0.5]], dtype=np.float32))
    assert sure.path == FLUTES.path
    assert 0 < sure.trust < 1
    assert torn.path == ""


def test_a_given_category_is_never_predicted(tmp_path: Path) -> None:
    def never(is_worth: bool) -> Shelves | None:
        raise AssertionError("asked for")

    page = Page(titles=(Text("Red cup", "en"),), category="Home & Garden > Kitchen & Dining")
    assert Extractor(never, HashEncoder(dim=16)).read([page]) == extract([page])


def test_values_of_a_category_are_read_only_where_it_is_known() -> None:
    text = (Text("Flute in C major, Japanese grip", "en"),)
    [known] = extract([Page(titles=text, category=FLUTES.path)])
    [unknown] = extract([Page(titles=text)])
    assert {fact.name for fact in unknown} <= {fact.name for fact in known}
    assert shelf_named(FLUTES.path).attributes


def test_the_batches_of_an_ingest_are_large_enough_to_make_the_categories() -> None:
    """Else no product of any shop would ever get a category from its words."""
    assert WORTH <= 0.75 * ENCODED_AT_ONCE


def test_vectors_are_kept_by_the_encoder_that_made_them(tmp_path: Path) -> None:
    class Two(HashEncoder):
        query_name = "small"

    shelves_of(Two(dim=16), tmp_path)
    assert kept_shelves(HashEncoder(dim=16), tmp_path) is None
    assert kept_shelves(Two(dim=16), tmp_path) is not None
