"""Sequences are read, split and packed; a sequence model learns them, and does so again alike."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dragoman.errors import BadConfig, BadInput, NotFound
from dragoman.learn.next_item import KIND, compose, scorer
from dragoman.learn.recipe import Recipe, TaskRecipe
from dragoman.learn.sequences import leave_one_out, packed, ranks, read_sequences, read_tags
from dragoman.models.sequence import read_model

HISTORIES = st.lists(
    st.lists(st.integers(1, 9), min_size=1, max_size=12).map(lambda one: np.array(one, np.int32)),
    min_size=1,
    max_size=12,
)


def walks(folder: Path) -> Path:
    """Shoppers who walk round one of two aisles of six products."""
    lines = [
        f"s{aisle}{start}{turn} " + " ".join(f"{aisle}{(start + step) % 6}" for step in range(5))
        for aisle in "gk"
        for start in range(6)
        for turn in range(4)
    ]
    path = folder / "walks.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def recipe(steps: int, **options: object) -> Recipe:
    given = {"sequences": "walks.txt", "dim": 8, "batch": 16, "negatives": 8, "dropout": 0.0, **options}
    task = TaskRecipe(KIND, options=given)
    return Recipe(
        "walks", (task,), steps=steps, rate=0.02, decay=0.0, warm_up=1, measure_every=20, save_every=5
    )


def learned(folder: Path, given: Recipe, run: str = "run") -> dict[str, torch.Tensor]:
    path = walks(folder)
    compose(given, lambda place: path.parent / place, folder / run)
    found: dict[str, torch.Tensor] = read_model(folder / run / "learned").state_dict()
    return found


@pytest.mark.parametrize(
    "options",
    [{}, {"temperature": 0.1, "in_batch": True}, {"block": "ligr"}, {"block": "normed"}, {"crop": 0.5}],
)
def test_a_model_learns_where_shoppers_go_next(options: dict[str, object], tmp_path: Path) -> None:
    learned(tmp_path, recipe(60, **options))
    found = read_sequences(walks(tmp_path))
    split = leave_one_out(found.rows, found.items)
    model = read_model(tmp_path / "run" / "learned")
    before = split.before_test()
    assert np.median(ranks(scorer(model), before, split.test)) == 1


def test_the_same_recipe_gives_the_same_weights(tmp_path: Path) -> None:
    once, again = (learned(tmp_path, recipe(10), run) for run in ("once", "again"))
    assert all(torch.equal(once[name], again[name]) for name in once)


def test_another_seed_gives_other_weights(tmp_path: Path) -> None:
    once, other = learned(tmp_path, recipe(3)), learned(tmp_path, replace(recipe(3), seed=1), "other")
    assert not torch.equal(once["places.weight"], other["places.weight"])


def test_a_run_that_was_stopped_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    whole = learned(tmp_path, recipe(10), "whole")

    seen = iter(range(7))  # the eighth step finds it at its end

    def progress(_done: int, _steps: int, _loss: float) -> None:
        next(seen)

    with pytest.raises(StopIteration):
        compose(recipe(10), lambda at: tmp_path / at, tmp_path / "cut", progress=progress)
    cut = learned(tmp_path, recipe(10), "cut")
    assert all(torch.equal(whole[name], cut[name]) for name in whole)


def test_rounds_are_as_many_steps_as_the_shoppers_take(tmp_path: Path) -> None:
    seen: list[int] = []
    path = walks(tmp_path)  # 48 shoppers, 16 a step
    compose(
        replace(recipe(5, rounds=40), save_every=99, measure_every=99),
        lambda place: path.parent / place,
        tmp_path / "run",
        progress=lambda _done, steps, _loss: seen.append(steps),
    )
    assert (len(seen), set(seen)) == (120, {120})


def test_measurements_are_written_as_lines(tmp_path: Path) -> None:
    learned(tmp_path, recipe(40))
    lines = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    assert [one["step"] for one in lines] == [20, 40]
    assert lines[-1]["tasks"][KIND]["ndcg@10"] > lines[0]["tasks"][KIND]["ndcg@10"] * 0.9


@given(HISTORIES, st.integers(2, 6))
def test_packing_keeps_every_step_of_every_history(histories: list[np.ndarray], width: int) -> None:
    found = packed(histories, width)
    steps = {
        (int(owner), int(row), int(target))
        for owner, row, target in zip(found.owners.flat, found.rows.flat, found.targets.flat, strict=True)
        if owner
    }
    wanted = {
        (i, int(a), int(b))
        for i, one in enumerate(histories, start=1)
        for a, b in list(pairwise(one))[-width:]
    }
    assert steps == wanted


@given(HISTORIES)
def test_ranks_count_what_was_not_met(histories: list[np.ndarray]) -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(len(histories), 10)).astype(np.float32)
    targets = np.array(
        [next(x for x in range(1, 11) if x not in set(one.tolist())) % 10 for one in histories]
    )
    usable = [i for i, target in enumerate(targets) if target]
    found = ranks(lambda _some: scores[usable].copy(), [histories[i] for i in usable], targets[usable])
    wanted = [
        1
        + sum(
            scores[i, x] >= scores[i, targets[i]]
            for x in range(1, 10)
            if x != targets[i] and x not in histories[i]
        )
        for i in usable
    ]
    assert list(found) == wanted


def test_the_last_two_products_are_never_learned_from() -> None:
    split = leave_one_out([np.array([1, 2, 3, 4])], 4)
    assert [one.tolist() for one in split.train] == [[1, 2]]
    assert [one.tolist() for one in split.before_test()] == [[1, 2, 3]]


def test_a_shopper_without_products_is_told_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_text("s1 a b\ns2\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"bad\.txt:2"):
        read_sequences(tmp_path / "bad.txt")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        read_sequences(tmp_path / "nowhere.txt")


def test_tags_come_in_the_order_of_products(tmp_path: Path) -> None:
    (tmp_path / "tags.json").write_text('{"b": ["red", "wool"], "a": ["wool"]}', encoding="utf-8")
    assert read_tags(tmp_path / "tags.json", ("", "a", "b", "c")).tolist() == [[0, 0], [1, 0], [2, 1], [0, 0]]


def test_an_unknown_option_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="negatives"):
        learned(tmp_path, recipe(1, negative=3))
