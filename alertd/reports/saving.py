"""Files that are whole or not there: a document is written beside its place and put there when it is finished."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from alertd.core.errors import AlertdError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A place to write to; what is written there takes the place of `path` when the block ends well.

    A good file that is there already is never half overwritten. Raises AlertdError when the disk is full, or the folder
    is not there or not ours.
    """
    beside: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
        os.close(descriptor)
        beside = Path(name)
        yield beside
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.chmod(0o644 & ~_umask())
        beside.replace(path)
    except OSError as error:
        raise AlertdError(
            f"{path} cannot be written ({error.strerror or error}); what stood there before is as it was. Check the "
            "folder, its rights and the space on the disk"
        ) from None
    finally:
        if beside is not None:
            with suppress(FileNotFoundError):
                beside.unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
