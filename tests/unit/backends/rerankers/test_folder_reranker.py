"""Laws of the folder that a reranker ships in: what is told of one that is broken, and when it is opened."""

import json
import shutil
from pathlib import Path

import pytest

from dragoman.backends.rerankers.folder import FolderReranker
from dragoman.backends.rerankers.shipped import is_shipped, shipped_reranker
from dragoman.backends.rerankers.trained import CARD, digest_of, read_card, read_head
from dragoman.errors import BadConfig, Corrupt, NotFound
from dragoman.opening import reranker_of
from dragoman.settings import Settings

needs_shipped = pytest.mark.skipif(not is_shipped(), reason="no reranker is in the package")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped reranker."""
    shutil.copytree(shipped_reranker(), tmp_path / "copy")
    return tmp_path / "copy"


@needs_shipped
def test_nothing_is_written_or_opened_before_the_first_score(tmp_path: Path) -> None:
    reranker = FolderReranker(home=str(tmp_path / "home"))
    assert reranker.name.startswith("reranker-int8-")
    assert reranker.score("mug", []).shape == (0,)
    assert not (tmp_path / "home").exists()


@needs_shipped
def test_the_name_changes_with_every_file_and_with_the_precision(folder: Path) -> None:
    before = digest_of(folder)
    card = json.loads((folder / CARD).read_text("utf-8"))
    (folder / CARD).write_text(json.dumps({**card, "shift": card["shift"] + 0.1}), encoding="utf-8")
    assert digest_of(folder) != before
    assert FolderReranker(str(folder), precision="float32").name != FolderReranker(str(folder)).name


@needs_shipped
def test_what_ships_is_a_few_megabytes() -> None:
    assert sum(path.stat().st_size for path in shipped_reranker().iterdir()) < 8_000_000
    assert "licence" in (shipped_reranker() / "README.md").read_text("utf-8").lower()


@needs_shipped
@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"layers": 0}', '{"layers": 6, "query_tokens": "all"}', '{"wings": 2}']
)
def test_a_card_that_cannot_be_read_is_corrupt(folder: Path, text: str) -> None:
    (folder / CARD).write_text(text, encoding="utf-8")
    with pytest.raises(Corrupt) as caught:
        read_card(folder)
    assert caught.value.hint


@needs_shipped
@pytest.mark.parametrize("name", ["heads.json", "heads.safetensors", "adapter_model.safetensors"])
def test_a_missing_file_is_corrupt(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(Corrupt):
        FolderReranker(str(folder))


@needs_shipped
@pytest.mark.parametrize("keep", [0, 7, 5_000])
def test_a_cut_head_is_corrupt(folder: Path, keep: int) -> None:
    path = folder / "heads.safetensors"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(Corrupt, match="cannot read the head"):
        read_head(folder)


def test_a_folder_without_a_reranker_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        FolderReranker(str(tmp_path))
    assert "ship_reranker" in caught.value.hint


@pytest.mark.parametrize("options", [{"threads": 0}, {"precision": "int4"}])
def test_options_that_cannot_work_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(BadConfig):
        FolderReranker(**options)  # type: ignore[arg-type]


def test_settings_name_a_reranker_or_none() -> None:
    assert reranker_of(Settings(reranker="none")) is None
    remote = reranker_of(Settings(reranker={"use": "http", "url": "http://host/v1", "model": "m"}))
    assert remote is not None
    assert remote.name == "http-m"


@needs_shipped
def test_the_default_is_the_one_that_ships() -> None:
    reranker = reranker_of(Settings())
    assert reranker is not None
    assert reranker.name == FolderReranker().name
