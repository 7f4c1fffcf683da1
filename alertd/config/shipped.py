"""The sample configuration that comes with the program."""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """Where it is: inside an installed package, else at the top of the repository."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_config"
    return inside if inside.is_dir() else package.parent / "config"
