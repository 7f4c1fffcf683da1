"""What the tests of sheets stand on: files written into a folder, and a file read whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from alertd.feeds.sheet import SheetFeed

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
AS_OF = datetime(2024, 6, 7, 10, tzinfo=UTC)
FILES = Path(__file__).parent / "files"


@dataclass(frozen=True)
class Whole:
    """Everything that one file gave."""

    rows: list
    rejects: list
    notes: list

    @property
    def codes(self):
        return [row.code for row in self.rows]

    @property
    def reasons(self):
        return [(reject.row, reject.reason) for reject in self.rejects]


def read(path, **more):
    """One file, read in this thread."""
    feed = SheetFeed("xuat", path, HANOI, as_of=more.pop("as_of", AS_OF), **more)
    pages = [page for source in feed.sources(AS_OF) for page in feed._read(Path(source.label), AS_OF, source.digest)]
    return Whole(
        [row for page in pages for row in page.observations],
        [reject for page in pages for reject in page.rejects],
        [note for page in pages for note in page.notes],
    )


def csv_file(folder, *lines, encoding="utf-8", name="a.csv"):
    """A CSV of these lines."""
    path = folder / name
    path.write_bytes("".join(f"{line}\n" for line in lines).encode(encoding))
    return path
