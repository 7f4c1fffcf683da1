"""Secrets that are written into alertd.yaml, and `${NAME}` that are set nowhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from alertd.config.reading import ALERTD
from alertd.config.secrets import REFERENCE, Filled, unset_warnings

if TYPE_CHECKING:
    from alertd.config.checks.context import Context

_SECRET_KEY = re.compile(
    r"(?i)(?:[\w-]+[_-])?(?:password|passwd|token|secret)|(?:[\w-]+[_-])?(?:api|secret)[_-]?key|authorization|cookie"
)
_USER_INFO = re.compile(r"://[^/@\s:]*:(?P<password>[^/@\s]+)@")


def check(context: Context) -> None:
    """Walk everything that alertd.yaml says."""
    context.findings += unset_warnings(context.reading.unset)
    source = context.source(ALERTD)
    if source is not None:
        _walk(context, source.values, ())


def _walk(context: Context, value: Any, path: tuple[str | int, ...]) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            _walk(context, item, (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _walk(context, item, (*path, index))
    elif isinstance(value, str):
        _text(context, value, path)


def _text(context: Context, value: str, path: tuple[str | int, ...]) -> None:
    written = value.written if isinstance(value, Filled) else value
    key = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    user_info = _USER_INFO.search(written)
    if _SECRET_KEY.fullmatch(key) or path == ("key",):
        literal = bool(written) and not REFERENCE.search(written)
    else:
        literal = user_info is not None and not REFERENCE.search(user_info["password"])
    if literal:
        context.add("secret.literal", context.at(ALERTD, *path), key=key)
