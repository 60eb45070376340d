"""The folder of models: swapped whole, seen at once, never half."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from dragoman.backends.related.folder import RelatedFolder, current, swap
from dragoman.backends.related.neighbours import Neighbours
from dragoman.backends.related.shelved import Products
from dragoman.backends.related.writing import Generation
from dragoman.errors import Corrupt


def popular(folder: Path, **counts: float) -> None:
    generation = Generation(folder, Products.of(tuple(counts)))
    told = [counts[id] for id in generation.products.ids]
    generation.popular("popular", np.array(told, np.float32))
    generation.finish({})


def first(models: RelatedFolder) -> str:
    return models.all_models()[0].next_items([[]], 1)[0][0].id


def test_before_anything_was_learned_there_are_no_models(tmp_path: Path) -> None:
    assert list(RelatedFolder(tmp_path / "learned")) == []


def test_a_new_generation_is_seen_without_opening_the_folder_again(tmp_path: Path) -> None:
    models = RelatedFolder(tmp_path)
    swap(tmp_path, lambda fresh: popular(fresh, a=2, b=1))
    before = first(models)
    swap(tmp_path, lambda fresh: popular(fresh, a=2, b=3))
    assert (before, first(models)) == ("a", "b")


def test_who_holds_the_models_of_before_can_go_on_asking_them(tmp_path: Path) -> None:
    swap(tmp_path, lambda fresh: popular(fresh, a=2, b=1))
    held = RelatedFolder(tmp_path).all_models()
    for count in (5, 6, 7):
        swap(tmp_path, partial(popular, a=2, b=count))
    assert held[0].next_items([[]], 1)[0][0].id == "a"


def test_a_write_that_fails_leaves_what_was_in_force(tmp_path: Path) -> None:
    swap(tmp_path, lambda fresh: popular(fresh, a=2))
    before = current(tmp_path)

    def fails(fresh: Path) -> None:
        (fresh / "half").write_text("written")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        swap(tmp_path, fails)
    assert current(tmp_path) == before
    assert [one for one in tmp_path.glob("generation-*") if one != before] == []


def test_generations_do_not_pile_up(tmp_path: Path) -> None:
    for count in range(5):
        swap(tmp_path, partial(popular, a=1 + count))
    assert len(list(tmp_path.glob("generation-*"))) == 2


@pytest.mark.parametrize("file", ["about.json", "popular.safetensors"])
def test_a_damaged_file_is_told_with_its_remedy(file: str, tmp_path: Path) -> None:
    generation = swap(tmp_path, lambda fresh: popular(fresh, a=2))
    (generation / file).write_bytes(b"{damaged")
    with pytest.raises(Corrupt, match="--full"):
        RelatedFolder(tmp_path).all_models()


def test_models_taken_over_keep_their_opinions_when_products_are_added(tmp_path: Path) -> None:
    table = Neighbours(np.array([0, 1, 1]), np.array([1], np.int32), np.ones(1, np.float32))

    def write(fresh: Path) -> None:
        generation = Generation(fresh, Products.of(("b", "d")))
        generation.neighbours("together", table, fading=0.8)
        generation.finish({})

    old = swap(tmp_path, write)

    def add(fresh: Path) -> None:
        generation = Generation(fresh, Products.of("abcde"))
        generation.take(old, ("neighbours",))
        generation.finish({})

    swap(tmp_path, add)
    (model,) = RelatedFolder(tmp_path)
    assert [[one.id for one in some] for some in model.related(["b", "d", "c"], 5)] == [["d"], [], []]


def test_a_shopper_is_asked_about_with_the_models_that_know_shoppers(tmp_path: Path) -> None:
    table = Neighbours(np.array([0, 0]), np.zeros(0, np.int32), np.zeros(0, np.float32))

    def write(fresh: Path) -> None:
        generation = Generation(fresh, Products.of("a"))
        generation.popular("popular", np.ones(1, np.float32))
        generation.popular("popular:DE/7d", np.ones(1, np.float32))
        generation.neighbours("together", table, fading=0.8)
        generation.finish({})

    swap(tmp_path, write)
    models = RelatedFolder(tmp_path)
    assert [one.name for one in models] == ["together"]
    assert len(models.all_models()) == 3
