"""The `sheet` feed: exports (CSV, XLSX, XLS, HTML tables) that someone puts into a drop folder."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from alertd import courtesy
from alertd.core.applicant import Keep
from alertd.core.dossier import Reject
from alertd.core.errors import FeedError, FeedInputError
from alertd.feeds import Page, Source
from alertd.feeds.answers import Answers
from alertd.feeds.applicants import Applicants
from alertd.feeds.dates import Dates
from alertd.feeds.filing import own_values
from alertd.feeds.opening import named, opened
from alertd.feeds.rows import Maps, Rows
from alertd.feeds.statuses import Statuses
from alertd.feeds.survey import refuse, surveyed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from alertd.core.dossier import Observation
    from alertd.feeds.headers import Header
    from alertd.feeds.opening import Grid

MAX_BYTES = 200_000_000
PAGE_ROWS = 2_000
WILD = frozenset("*?[")


class SheetFeed:
    """Files of one folder or one name, taken in the order in which they were written.

    `path` is absolute and may be a glob. `zone` is that of times without an offset. `columns`, `channel_values`,
    `statuses` and `values` are the feed's maps (DESIGN section 6); `due_midnight` is date, exact or None (section 4).
    `month_first`: dates are written MM/dd/yyyy. `as_of` is the instant that the data are from, instead of the file's
    modification time.
    """

    def __init__(
        self,
        name: str,
        path: Path | str,
        zone: ZoneInfo,
        *,
        columns: Mapping[str, Sequence[str]] | None = None,
        channel_values: Mapping[str, Sequence[str]] | None = None,
        statuses: Mapping[str, Sequence[str]] | None = None,
        values: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
        month_first: bool = False,
        due_midnight: str | None = None,
        as_of: datetime | None = None,
        encoding: str | None = None,
        worksheet: str | None = None,
        keep_applicant: Keep = Keep.NONE,
    ) -> None:
        self.name = name
        self._path = str(path)
        self._columns = columns or {}
        self._maps = Maps(
            Dates(zone, month_first=month_first),
            Statuses.of(statuses or {}),
            own_values(channel_values or {}),
            Answers.of(values or {}),
            due_midnight,
        )
        self._as_of = as_of
        self._encoding = encoding
        self._worksheet = worksheet
        self._keep_applicant = keep_applicant

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
        """Twice over the rows: what only all of them can tell comes before any of them is read."""
        raw, where = content(path, digest), str(path)
        grid, header = opened(raw, self._columns, self._encoding, self._worksheet, where)
        del raw
        maps = replace(self._maps, dates=replace(self._maps.dates, epoch=grid.epoch))
        survey = surveyed(below(grid, header), header, maps.dates)
        refuse(survey, header, where, month_first=maps.dates.month_first)
        texts = [name for name, has_dates in survey.dates_in.items() if not has_dates and name not in self._columns]
        notes = [*notes_of(grid, header), *(f"'{header.title(name)}' holds no dates and is not read" for name in texts)]
        who = Applicants.of(header, self._keep_applicant)
        reader = Rows(header.without(texts), maps, as_of, grid.is_text, survey.code_digits, who)
        yield from paged(chain.from_iterable(reader.read(number, row) for number, row in below(grid, header)))
        notes += reader.notes()
        if notes:
            yield Page((), notes=notes)


def below(grid: Grid, header: Header) -> Iterator[tuple[int, Sequence[object]]]:
    """The rows under the header, with the numbers that a person sees."""
    return courtesy.each(islice(enumerate(grid.rows(), start=1), header.row + 1, None))


def notes_of(grid: Grid, header: Header) -> list[str]:
    """What a person should know of how a file is read."""
    notes = []
    if grid.encoding:
        notes.append(f"the file is in {named(grid.encoding)}, as its headers show; it is read as that")
    rows = sorted(row + 1 for row in grid.hidden_rows if row > header.row)
    if rows:
        shown = ", ".join(map(str, rows[:5])) + (", …" if len(rows) > 5 else "")  # noqa: PLR2004
        notes.append(f"{len(rows)} rows are hidden in the file (row {shown}); they are read like the others")
    used = sorted(grid.hidden_columns.intersection(header.columns.values()))
    if used:
        names = ", ".join(f"'{header.titles[column]}'" for column in used)
        notes.append(f"hidden columns are read like the others: {names}")
    return notes


def paged(results: Iterator[Observation | Reject]) -> Iterator[Page]:
    """Results in pages of bounded size; one empty page for a sheet with a header and no dossiers."""
    given = False
    while chunk := list(islice(results, PAGE_ROWS)):
        given = True
        rejects = [result for result in chunk if isinstance(result, Reject)]
        yield Page([result for result in chunk if not isinstance(result, Reject)], rejects)
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
