"""A file to be saved: its name, its type, and nothing that a browser would run."""

from __future__ import annotations

import mimetypes
from urllib.parse import quote

from fastapi import Response


def download(name: str, content: bytes) -> Response:
    """The answer that saves a file; what every answer carries keeps it out of caches."""
    return Response(
        content,
        media_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
    )
