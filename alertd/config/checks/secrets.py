"""Secrets that are written into alertd.yaml, and `${NAME}` that are set nowhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from alertd.config.reading import ALERTD
from alertd.config.secrets import REFERENCE, Filled, unset_warnings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alertd.config.checks.context import Context

_SECRET_KEY = re.compile(
    r"(?i)(?:[\w-]+[_-])?(?:password|passwd|token|secret)|(?:[\w-]+[_-])?(?:api|secret)[_-]?key|authorization|cookie"
)
_USER_INFO = re.compile(r"://[^/@\s:]*:(?P<secret>[^/@\s]+)@")
_PARAMETER = re.compile(r"[?&;](?P<name>[\w.-]+)=(?P<secret>[^&;#\s]+)")
#: What gateways call a secret in an address, beside what a key of a file may be called.
_SECRET_PARAMETER = frozenset({"key", "sig", "signature", "pass", "pwd", "auth", "hash"})
_SEGMENT = re.compile(r"(?<=/)(?P<secret>[^/?#]+)")
#: Runs of letters and digits from so many on, that change between capitals, small letters and digits so often, were
#: made by a machine: chat services put the right to post into the path.
_RUN, _LONG, _CHANGES = re.compile(r"[A-Za-z0-9]+"), 16, 5
_CHANGE = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")


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
    if _SECRET_KEY.fullmatch(key) or path == ("key",):
        literal = bool(written) and not REFERENCE.search(written)
    else:
        literal = any(not REFERENCE.search(secret) for secret in _in_address(written))
    if literal:
        context.add("secret.literal", context.at(ALERTD, *path), key=key)


def _in_address(text: str) -> Iterator[str]:
    """What in an address lets whoever has it in: a password, a parameter named so, a path that nobody could guess."""
    scheme, found, rest = text.partition("://")
    if not found or not scheme.isalpha():
        return
    yield from (match["secret"] for match in _USER_INFO.finditer(text))
    for match in _PARAMETER.finditer(rest):
        if match["name"].lower() in _SECRET_PARAMETER or _SECRET_KEY.fullmatch(match["name"]):
            yield match["secret"]
    for match in _SEGMENT.finditer(rest.partition("?")[0]):
        if any(_by_machine(run) for run in _RUN.findall(match["secret"])):
            yield match["secret"]


def _by_machine(run: str) -> bool:
    return len(run) >= _LONG and len(_CHANGE.findall(run)) >= _CHANGES
