"""Files of a configuration put in place: all of them written first, then all moved in, so that no half is ever read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from alertd.config.reading import FILES
from alertd.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Added to the name of a file that was replaced; nothing reads it.
KEPT = "~"


def differing(folder: Path, texts: Mapping[str, str]) -> list[str]:
    """The names of the folder's files that are not these, letter by letter, and of those that are too many."""
    gone = [name for name in FILES if name not in texts and (folder / name).exists()]
    return sorted([*(name for name, text in texts.items() if _text(folder / name) != text), *gone])


def replace(folder: Path, texts: Mapping[str, str]) -> list[str]:
    """Make the folder's files these, letter by letter; gives the names of those that were not so before.

    What stood there is kept beside it (`KEPT`), and a file that `texts` do not have goes there too. Raises InputError,
    before anything is moved, when one cannot be written.
    """
    names = differing(folder, texts)
    places = {name: (folder / name).resolve() for name in names}
    new = {name: path.with_name(f".{path.name}.new") for name, path in places.items() if name in texts}
    try:
        for name, path in new.items():
            _write(path, texts[name], places[name])
        for name, path in places.items():
            if path.exists():
                _keep(path)
            if name in new:
                new[name].rename(path)
            else:
                path.unlink()
    except OSError as error:
        raise InputError(f"{error.filename}: cannot be written ({error.strerror}); check its rights") from None
    finally:
        for path in new.values():
            path.unlink(missing_ok=True)
    return names


def _text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None


def _write(path: Path, text: str, instead_of: Path) -> None:
    """The text on disk, with the rights of the file that it will replace."""
    with path.open("wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    if instead_of.exists():
        path.chmod(instead_of.stat().st_mode)


def _keep(path: Path) -> None:
    """A second name for what stands there, so that the first is never without a file."""
    kept = Path(f"{path}{KEPT}")
    kept.unlink(missing_ok=True)
    kept.hardlink_to(path)
