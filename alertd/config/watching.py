"""When the files of a configuration may have changed: when the kernel says so, and every few seconds anyway.

Folders are watched, not files: editors and deployments put new files in the place of old ones.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import watchfiles

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Collection

#: Without any sign for so long, in milliseconds, it is time to look all the same: network file systems tell nobody.
_ANYWAY = 5000
#: Changes so close together are one, in milliseconds: an editor writes, renames and touches.
_QUIET, _LONGEST = 200, 2000
_SUFFIXES = frozenset({".yaml", ".csv"})


async def changes(folders: Collection[Path], stop: asyncio.Event) -> AsyncIterator[None]:
    """Yields whenever it is time to look; ends when `stop` is set, or when a folder is not there (any more)."""
    try:
        async for _ in watchfiles.awatch(
            *folders, watch_filter=_matters, debounce=_LONGEST, step=_QUIET, stop_event=stop, rust_timeout=_ANYWAY,
            yield_on_timeout=True, recursive=False,
        ):  # fmt: skip
            yield
    except OSError:
        return


def _matters(_change: watchfiles.Change, path: str) -> bool:
    """A file that can belong to a configuration, or the link by which Kubernetes puts whole folders in place."""
    name = Path(path).name
    return name.startswith("..") or Path(path).suffix in _SUFFIXES
