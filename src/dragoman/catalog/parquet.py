"""Rows of Parquet feeds, through pyarrow where it is installed."""

from collections.abc import Iterator
from pathlib import Path

from dragoman.catalog.objects import Parsed
from dragoman.catalog.opening import LARGEST
from dragoman.catalog.rows import BrokenOff, Problem
from dragoman.errors import Corrupt, TooLarge, Unsupported
from dragoman.types import Rejection


def records(path: Path) -> Iterator[Parsed | Problem]:
    """Yield the rows of a Parquet file as objects, numbered from 1.

    Raises:
        Unsupported: pyarrow is not installed.
        Corrupt: not a Parquet file.
        TooLarge: it claims to unpack to more than a feed may be.
    """
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError as error:
        hint = 'install it with pip install "dragoman[parquet]"'
        raise Unsupported("reading Parquet needs pyarrow", hint=hint) from error
    try:
        file = parquet.ParquetFile(path)
    except (arrow.ArrowInvalid, OSError) as error:
        raise Corrupt(f"{path.name} is no Parquet file: {error}", hint="export it again") from error
    with file:
        groups = (
            file.metadata.row_group(place).total_byte_size for place in range(file.metadata.num_row_groups)
        )
        if sum(groups) > LARGEST:
            raise TooLarge(f"{path.name} unpacks to more than {LARGEST:,} bytes", hint="split it")
        number = 0
        try:
            for batch in file.iter_batches(batch_size=1024):
                for row in batch.to_pylist():
                    number += 1
                    yield Parsed(number, {name: value for name, value in row.items() if value is not None})
        except (arrow.ArrowInvalid, arrow.ArrowException, OSError) as error:
            problem = f"breaks off after row {number}: {str(error)[:200]}"
            yield BrokenOff(Rejection(number + 1, "file", path.name, problem, "export it again", path.name))
