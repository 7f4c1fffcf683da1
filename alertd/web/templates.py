"""Pages as HTML: templates with everything escaped, addresses relative so that a proxy may put a path before them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request

STATIC = Path(__file__).parent / "static"
_FILES = {"style": "page.css", "script": "htmx.min.js", "icon": "icon.svg"}


class Templates:
    """The templates, read once."""

    def __init__(self) -> None:
        """A file's address changes with its content, so that browsers may keep it."""
        self._environment = Environment(
            loader=PackageLoader("alertd", "web/templates"), undefined=StrictUndefined, autoescape=True,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        self._files = {name: _versioned(file) for name, file in _FILES.items()}

    def page(
        self, request: Request, name: str, values: Mapping[str, Any] | None = None, *, status: int = 200
    ) -> HTMLResponse:
        """One page. Every template is given `up`, the way to the root, and the addresses of the files."""
        up = _up(request.scope["path"])
        files = {file: f"{up}/{address}" for file, address in self._files.items()}
        html = self._environment.get_template(name).render(**(values or {}), up=up, **files)
        return HTMLResponse(html, status)


def _versioned(name: str) -> str:
    version = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"static/{name}?v={version}"


def _up(path: str) -> str:
    """From a path to the root, relative: `..` from `/m/TOKEN`."""
    return "/".join([".."] * (path.count("/") - 1)) or "."
