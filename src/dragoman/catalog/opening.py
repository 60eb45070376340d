"""A feed file as bytes or lines: unpacked within limits, in whatever encoding it was saved.

Damage is reported where it is: a bad line is one bad line, and only a broken archive ends a feed.
"""

import codecs
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import icu

from dragoman.errors import BadInput, Corrupt, DragomanError, NotFound, TooLarge, Unsupported

LARGEST = 64 << 30
"""Bytes of the largest feed after unpacking."""
STEEPEST = 200
"""How many bytes one packed byte may become. Real feeds stay under 60; a bomb reaches 1000."""
FREE = 8 << 20
"""Bytes that are unpacked before steepness counts: small repetitive files are harmless."""
LONGEST_LINE = 8 << 20
"""Characters of one line; the rest of a longer one is skipped."""
SAMPLE = 1 << 20
"""Bytes from which format and encoding are told."""

_PACKED = {
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"7z\xbc\xaf": "7-Zip",
    b"Rar!": "RAR",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""(?:<\?xml[^>]*encoding=|<meta[^>]*charset=)["']?([\w.:-]+)""", re.IGNORECASE)
_UNSURE = 12  # of ICU's 0..100; below it mojibake is as likely as text


class Line(NamedTuple):
    """One physical line with its end; ``damage`` says what is wrong with it, "" if nothing."""

    number: int
    text: str
    damage: str = ""


class Encoding(NamedTuple):
    """How a feed's bytes become text; ``doubt`` is "" unless it was guessed."""

    name: str
    doubt: str = ""


def open_feed(path: Path) -> io.BufferedReader:
    """Return the unpacked bytes of a plain, gzip or one-file zip feed; close it after use.

    Raises:
        NotFound: no such file.
        BadInput: a folder, an empty file, or an archive of several files.
        Unsupported: packed in another way.

    Reading from it raises Corrupt where the archive is damaged, and TooLarge where it is a bomb.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise NotFound(f"no file {path}", hint="check the path") from error
    except OSError as error:
        raise BadInput(
            f"cannot read {path}: {error.strerror}", hint="name a file that you may read"
        ) from error
    start = file.read(8)
    file.seek(0)
    packing = next((name for magic, name in _PACKED.items() if start.startswith(magic)), "")
    if packing or not start:
        file.close()
        if packing:
            raise Unsupported(f"{path.name} is packed with {packing}", hint="unpack it, or pack it with gzip")
        raise BadInput(f"{path.name} is empty", hint="export the feed again")
    if start.startswith(b"\x1f\x8b"):
        return io.BufferedReader(_Metered(gzip.GzipFile(fileobj=file), file, path), SAMPLE)
    if start.startswith(b"PK\x03\x04"):
        try:
            member = _only_member(file, path)
        except DragomanError:
            file.close()
            raise
        return io.BufferedReader(_Metered(member, file, path), SAMPLE)
    return io.BufferedReader(_Metered(file, file, path), SAMPLE)


def head(path: Path, size: int = SAMPLE) -> bytes:
    """Return the first unpacked bytes of a feed, fewer if it is shorter or damaged earlier."""
    with open_feed(path) as stream:
        parts: list[bytes] = []
        try:
            while size > 0 and (part := stream.read1(min(size, 1 << 16))):
                parts.append(part)
                size -= len(part)
        except (Corrupt, TooLarge):
            if not parts:
                raise
    return b"".join(parts)


def encoding_of(sample: bytes) -> Encoding:
    """Tell the encoding of a feed from its first bytes.

    UTF-8 wins if most lines that are not ASCII are UTF-8: the others are then single bad lines.
    Otherwise markup that declares its encoding is believed, and the rest is guessed.

    Raises:
        BadInput: the bytes look like no encoding in particular.

    >>> encoding_of("título".encode()).name, encoding_of("título".encode("utf-16")).name
    ('utf-8', 'utf-16')
    """
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return Encoding(name)
    if wide := _wide(sample):
        return Encoding(wide)
    good, bad = _utf8_lines(sample)
    if good >= bad:
        return Encoding("utf-8")
    if declared := _declared(sample):
        return Encoding(declared)
    detector = icu.CharsetDetector()
    detector.setText(b"\n".join(line for line in sample.splitlines() if not line.isascii())[:65536])
    found = detector.detect()
    if found is None or found.getConfidence() < _UNSURE:
        raise BadInput("the feed's encoding cannot be told", hint="save it as UTF-8")
    # Windows' superset: what claims to be Latin-1 holds curly quotes and euro signs in practice.
    name = {"ISO-8859-1": "cp1252", "ISO-8859-9": "cp1254"}.get(found.getName(), found.getName())
    return Encoding(codecs.lookup(name).name, f"read as {name} ({found.getConfidence()} % sure)")


def lines(stream: io.BufferedReader, encoding: str) -> Iterator[Line]:
    """Yield the lines of a feed, numbered from 1, ends kept. Undecodable and overlong ones are marked."""
    wide = encoding.startswith(("utf-16", "utf-32"))
    errors = "replace" if wide else "surrogateescape"
    text = io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline=_newline(stream, wide))
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith("\n"):
            _skip(text)
            yield Line(number, line[:200], f"the line is longer than {LONGEST_LINE:,} characters")
        else:
            yield Line(number, line, _damage(line, encoding))


class _Metered(io.RawIOBase):
    """Counts what comes out against what went in, and names every way an archive can break."""

    def __init__(
        self, stream: "gzip.GzipFile | io.BufferedReader | zipfile.ZipExtFile", packed: BinaryIO, path: Path
    ) -> None:
        self._stream, self._packed, self._path = stream, packed, path
        self._out = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # a writable buffer
        try:
            part = self._stream.read1(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, RuntimeError, OSError) as error:
            hint = "copy or export the file again"
            raise Corrupt(
                f"{self._path.name} breaks off after {self._out:,} bytes: {error}", hint=hint
            ) from error
        self._out += len(part)
        steep = self._out > FREE and self._out > STEEPEST * max(1, self._packed.tell())
        if steep or self._out > LARGEST:
            raise TooLarge(
                f"{self._path.name} unpacks to more than {self._out:,} bytes", hint="send it unpacked"
            )
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._packed.close()
        super().close()


def _only_member(file: BinaryIO, path: Path) -> zipfile.ZipExtFile:
    try:
        archive = zipfile.ZipFile(file)
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
        names = [name for name in names if not name.startswith("__MACOSX/")]
        if "[Content_Types].xml" in names:
            raise Unsupported(f"{path.name} is an Office document", hint="save the sheet as CSV, UTF-8")
        if len(names) != 1:
            raise BadInput(
                f"{path.name} holds {len(names)} files", hint="unpack it and name the feeds one by one"
            )
        return archive.open(names[0])  # type: ignore[return-value]  # typeshed says IO[bytes]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise Corrupt(f"{path.name} is no readable zip archive: {error}", hint="unpack it first") from error


def _wide(sample: bytes) -> str:
    """Return the encoding of two-byte text without a mark: every other byte of Latin markup is NUL."""
    start = sample[:1000]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) < len(start) // 4 or min(even, odd) > max(even, odd) // 8:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _declared(sample: bytes) -> str:
    """Return the encoding that XML or HTML declares, "" if it is UTF-8 (which it is not) or unknown."""
    found = _DECLARED.search(sample[:4096]) if sample.lstrip()[:1] == b"<" else None
    try:
        name = codecs.lookup(found[1].decode()).name if found else ""
    except LookupError:
        return ""
    return "" if name.startswith("utf") else {"iso8859-1": "cp1252"}.get(name, name)


def _utf8_lines(sample: bytes) -> tuple[int, int]:
    good = bad = 0
    cut = sample.rfind(b"\n") + 1 if len(sample) >= SAMPLE else len(sample)
    # Feeds in markup may be one long line: a tag ends a piece as well.
    for line in re.split(rb"[\r\n<]", sample[:cut]):
        if not line.isascii():
            try:
                line.decode("utf-8")
                good += 1
            except UnicodeDecodeError:
                bad += 1
    return good, bad


def _newline(stream: io.BufferedReader, wide: bool) -> str | None:
    # Old Mac exports end lines in CR alone; elsewhere only LF counts, so that numbers are an editor's.
    start = b"" if wide else stream.peek(SAMPLE)[:SAMPLE]
    return None if b"\r" in start and b"\n" not in start else "\n"


def _skip(text: io.TextIOWrapper) -> None:
    while (rest := text.readline(LONGEST_LINE)) and not rest.endswith("\n"):
        pass


_ESCAPED = re.compile("[\ud800-\udfff]")


def _damage(line: str, encoding: str) -> str:
    if line.isascii():
        return ""
    found = _ESCAPED.search(line) or ("\ufffd" in line if encoding.startswith(("utf-16", "utf-32")) else None)
    return f"the line is not {encoding.removesuffix('-sig').upper()}" if found else ""
