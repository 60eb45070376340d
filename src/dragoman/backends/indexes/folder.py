"""The folder of an embedded index: who owns it, what made it, and which shard in it is current."""

import fcntl
import os
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import orjson

from dragoman.errors import BadInput, Busy, Conflict, Corrupt

FORMAT = 2
_META, _LOCK = "dragoman.json", "lock"
_OURS = (_LOCK, f"{_META}.new", "socket")
_BESIDE = (  # of the shop, not of the index
    *(f"{name}{end}" for name in ("journal.db", "translations.sqlite") for end in ("", "-wal", "-shm")),
    "pseudonym.key",
    "related",
)


@dataclass(frozen=True, slots=True)
class Meta:
    """What a folder says of itself."""

    format: int
    encoder: str
    dim: int
    shard: str


class Folder:
    """A folder held by this process until `close`.

    Raises:
        Busy: another process, or another index of this one, holds it.
        BadInput: it is full of something else, or it is new and no dim was given.
        Conflict: it was made by another encoder, for another dim, or by a later version.
        Corrupt: its description cannot be read.
    """

    def __init__(self, path: Path, *, dim: int, encoder: str) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(path / _LOCK)
        try:
            self.meta = self._described(dim, encoder)
        except BaseException:
            self.close()
            raise

    @property
    def shard(self) -> Path:
        """The folder of the current shard."""
        return self.path / self.meta.shard

    def next_shard(self) -> Path:
        """Return where the shard after the current one is built; whatever lay there is removed."""
        following = self.path / f"shard-{int(self.meta.shard.removeprefix('shard-')) + 1}"
        shutil.rmtree(following, ignore_errors=True)
        return following

    def switch(self, shard: Path) -> None:
        """Make this shard the current one, for good: either the old one or the new one survives a crash."""
        self._describe(replace(self.meta, shard=shard.name))
        self.sweep()

    def sweep(self) -> None:
        """Remove shards that are not current: left behind by a switch, or by a crash while one was built."""
        for shard in self.path.glob("shard-*"):
            if shard.name != self.meta.shard:
                shutil.rmtree(shard, ignore_errors=True)

    def close(self) -> None:
        """Let others have it."""
        os.close(self._lock)

    def _described(self, dim: int, encoder: str) -> Meta:
        try:
            raw = (self.path / _META).read_bytes()
        except FileNotFoundError:
            return self._new(dim, encoder)
        try:
            meta = Meta(**orjson.loads(raw))
        except (ValueError, TypeError) as error:
            raise Corrupt(
                f"{self.path / _META} cannot be read", hint="restore it, or ingest into a fresh folder"
            ) from error
        _fits(meta, self.path, dim, encoder)
        self.meta = meta
        if encoder and not meta.encoder:
            meta = self._describe(replace(meta, encoder=encoder))
        return meta

    def _new(self, dim: int, encoder: str) -> Meta:
        strange = [entry.name for entry in self.path.iterdir() if entry.name not in (*_OURS, *_BESIDE)]
        if strange:
            raise BadInput(
                f"{self.path} is not an index but holds {sorted(strange)[:3]}",
                hint="name an empty or new folder",
            )
        if dim <= 0:
            raise BadInput(f"a new index in {self.path} needs the dim of its vectors", hint="pass dim=…")
        return self._describe(Meta(FORMAT, encoder, dim, "shard-1"))

    def _describe(self, meta: Meta) -> Meta:
        fresh = self.path / f"{_META}.new"
        with fresh.open("wb") as file:
            file.write(orjson.dumps(asdict(meta)))
            os.fsync(file.fileno())
        fresh.replace(self.path / _META)
        self.meta = meta
        return meta


def _fits(meta: Meta, path: Path, dim: int, encoder: str) -> None:
    if meta.format != FORMAT:
        hint = "upgrade dragoman" if meta.format > FORMAT else "ingest the feeds into a fresh folder"
        raise Conflict(f"{path} has format {meta.format}, this version reads {FORMAT}", hint=hint)
    if dim and meta.dim != dim:
        raise Conflict(f"{path} holds vectors of dim {meta.dim}, not {dim}", hint=_REBUILD)
    if encoder and meta.encoder and meta.encoder != encoder:
        raise Conflict(f"{path} was built by encoder {meta.encoder!r}, not {encoder!r}", hint=_REBUILD)


_REBUILD = "use the encoder it was built with, or ingest into a fresh folder"


def _locked(path: Path) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.read(handle, 20).decode(errors="replace").strip()
        os.close(handle)
        raise Busy(
            f"another process ({owner or 'unknown'}) owns {path.parent}",
            hint='open it with index = "shared", which talks to the owner, or stop that process',
        ) from None
    os.ftruncate(handle, 0)
    os.write(handle, str(os.getpid()).encode())
    return handle
