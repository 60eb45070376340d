"""Lines of a text file, packed or not, each with its number. Knows no format."""

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

from dragoman.errors import BadInput, NotFound

LONGEST_LINE = 16 * 2**20  # bytes: far above any passage, far below what a packed bomb unfolds to
_GZIP = b"\x1f\x8b"


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (number, text) of every line that is not blank, counted from 1, without its line end.

    Packed files are known by their first bytes, so the name may say anything.

    Raises:
        NotFound: no such file.
        BadInput: a folder, a broken archive, bytes that are not UTF-8, or a line above ``LONGEST_LINE``.
    """
    try:
        with _opened(path) as file:
            number = 0
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                text = _decoded(line, path, number)
                if text.strip():
                    yield number, text
    except FileNotFoundError as error:
        raise NotFound(f"no file {path}", hint="check the path") from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BadInput(f"{path} is a damaged gzip file: {error}", hint="fetch or pack it again") from error
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}", hint="name a readable file") from error


def bad_line(path: Path, number: int, problem: str, hint: str) -> BadInput:
    """Return the error for one line of a file, so that all formats complain in the same words.

    >>> str(bad_line(Path("qrels.tsv"), 3, "2 columns", "three are needed"))
    'qrels.tsv, line 3: 2 columns (three are needed)'
    """
    return BadInput(f"{path}, line {number}: {problem}", hint=hint)


def _opened(path: Path) -> io.BufferedIOBase:
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    return gzip.GzipFile(path, "rb") if packed else path.open("rb")


def _decoded(line: bytes, path: Path, number: int) -> str:
    if len(line) > LONGEST_LINE:
        raise bad_line(path, number, f"longer than {LONGEST_LINE} bytes", "is this a text file?")
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise bad_line(path, number, f"not UTF-8 at byte {error.start}", "save it as UTF-8") from error
    return text.rstrip("\r\n")
