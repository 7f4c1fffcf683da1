"""The `sheet` feed: exports (CSV, XLSX, XLS) that someone puts into a drop folder."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from alertd.core.dossier import Reject
from alertd.core.errors import FeedError, FeedInputError
from alertd.feeds import Page, Source
from alertd.feeds.csvfile import csv_rows
from alertd.feeds.dates import Dates
from alertd.feeds.filing import own_values
from alertd.feeds.headers import LOOKED_AT, find_header
from alertd.feeds.htmltable import is_page, table_rows
from alertd.feeds.rows import Rows
from alertd.feeds.statuses import Statuses
from alertd.feeds.workbook import is_workbook, workbook_rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from alertd.core.dossier import Observation

MAX_BYTES = 200_000_000
PAGE_ROWS = 5_000
WILD = frozenset("*?[")


class SheetFeed:
    """Files of one folder or one name, taken in the order in which they were written.

    `path` is absolute and may be a glob. `zone` is that of times without an offset. `columns`, `channel_values` and
    `statuses` are the feed's maps (DESIGN section 6); `due_midnight` is date, exact or None (section 4). `as_of` is the
    instant that the data are from, instead of the file's modification time.
    """

    def __init__(
        self,
        name: str,
        path: Path | str,
        zone: ZoneInfo,
        *,
        columns: Mapping[str, str] | None = None,
        channel_values: Mapping[str, Sequence[str]] | None = None,
        statuses: Mapping[str, Sequence[str]] | None = None,
        due_midnight: str | None = None,
        as_of: datetime | None = None,
        encoding: str | None = None,
        worksheet: str | None = None,
    ) -> None:
        self.name = name
        self._path = str(path)
        self._dates = Dates(zone)
        self._columns = columns or {}
        self._channels = own_values(channel_values or {})
        self._statuses = Statuses.of(statuses or {})
        self._due_midnight = due_midnight
        self._as_of = as_of
        self._encoding = encoding
        self._worksheet = worksheet

    def sources(self, now: datetime) -> list[Source]:  # noqa: ARG002 - a portal needs it
        """The files there are, oldest first. Raises FeedInputError when there is none."""
        found = [(path.stat().st_mtime_ns, str(path), path) for path in self._files() if path.is_file()]
        if not found:
            raise FeedInputError(
                f"feed {self.name}: there is no file {self._path}; put the export there, or correct `path:` of the feed"
            )
        return [self.source(path) for _, _, path in sorted(found)]

    def source(self, path: Path | str) -> Source:
        """One given file. Raises FeedInputError when it is not there or cannot be opened."""
        path = Path(path)
        try:
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            digest = digest_of(path)
        except FileNotFoundError:
            raise FeedInputError(f"there is no file {path}; check the name and the folder") from None
        except OSError as error:
            raise unopened(path, error) from None
        as_of = self._as_of or written
        return Source(str(path), as_of, partial(self._pages, path, as_of, digest), digest)

    def _files(self) -> list[Path]:
        path = Path(self._path)
        if path.is_dir():
            raise FeedInputError(
                f"feed {self.name}: {path} is a folder; write which files of it, such as {path}/*.xlsx"
            )
        if path.is_file() or not WILD.intersection(self._path):
            return [path]
        inside = str(path.relative_to(path.anchor))
        # Excel keeps a "~$" file beside every workbook that is open.
        return [file for file in Path(path.anchor).glob(inside) if not file.name.startswith(("~$", "."))]

    async def _pages(self, path: Path, as_of: datetime, digest: str) -> AsyncIterator[Page]:
        """Reads in a worker thread, a page at a time, so that the loop stays free."""
        pages = self._read(path, as_of, digest)
        while (page := await asyncio.to_thread(next, pages, None)) is not None:
            yield page

    def _read(self, path: Path, as_of: datetime, digest: str) -> Iterator[Page]:
        raw = content(path, digest)
        where = str(path)
        is_text = not is_workbook(raw)
        rows: Iterator[Sequence[object]]
        if is_page(raw):
            rows = iter(table_rows(raw, self._encoding, where))
        elif is_text:
            rows = csv_rows(raw, self._encoding, where)
        else:
            rows = iter(workbook_rows(raw, self._worksheet, where))
        del raw
        first = list(islice(rows, LOOKED_AT))
        if not any(any(row) for row in first):
            raise FeedInputError(f"{where} is empty; export it again, or take the empty file away")
        header = find_header(first, self._columns, where)
        reader = Rows(header, self._dates, self._statuses, self._channels, self._due_midnight, as_of, is_text)
        numbered = enumerate(chain(first, rows), start=1)
        yield from paged(reader.read(number, row) for number, row in islice(numbered, header.row + 1, None))


def paged(results: Iterator[Observation | Reject | None]) -> Iterator[Page]:
    """Results in pages of bounded size; one empty page for a sheet with a header and no dossiers."""
    given = False
    while chunk := list(islice(results, PAGE_ROWS)):
        given = True
        rejects = [result for result in chunk if isinstance(result, Reject)]
        yield Page([r for r in chunk if r is not None and not isinstance(r, Reject)], rejects)
    if not given:
        yield Page(())


def content(path: Path, digest: str) -> bytes:
    """A file's bytes. Raises FeedInputError when it cannot be opened or is too large, FeedError when it has changed."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise FeedInputError(
                f"{path} has {size // 1_000_000} MB, more than the {MAX_BYTES // 1_000_000} MB that are read;"
                f" export a shorter period"
            )
        raw = path.read_bytes()
    except OSError as error:
        raise unopened(path, error) from None
    if blake2b(raw, digest_size=16).hexdigest() != digest:
        raise FeedError(f"{path} was being written while it was read; it is taken at the next poll")
    return raw


def digest_of(path: Path) -> str:
    """A hash of a file's content; of a file too large to be read, none of it."""
    if path.stat().st_size > MAX_BYTES:
        return "too-large"
    return blake2b(path.read_bytes(), digest_size=16).hexdigest()


def unopened(path: Path, error: OSError) -> FeedInputError:
    """The error for a file that is there and cannot be opened."""
    return FeedInputError(f"{path} cannot be opened ({error.strerror}); let alertd's user read it")
