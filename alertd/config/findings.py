"""A fault or warning with its place in a file, and the error that carries all structural faults at once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import NamedTuple

from alertd.config import wording
from alertd.core.errors import InputError


class Place(NamedTuple):
    """Where something stands: the file as the admin named it, line and column from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault or warning of the configuration, in words. Ordered by file, line and column."""

    file: str
    line: int
    column: int
    code: str
    what: str
    instead: str
    severity: str = "fault"

    @classmethod
    def of(cls, code: str, place: Place, /, **named: object) -> Finding:
        """Put `code` into words (`wording.MESSAGES`); the language is ALERTD_LANG, Vietnamese unless it says `en`."""
        what, instead = wording.words(code, language(), named)
        severity = "warning" if code in wording.WARNINGS else "fault"
        return cls(place.file, place.line, place.column, code, what, instead, severity)

    @property
    def is_fault(self) -> bool:
        """Whether `alertd check` ends with exit code 2 for it."""
        return self.severity == "fault"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: [{self.code}] {self.what}; {self.instead}"


class ConfigError(InputError):
    """The configuration cannot be used as written; `findings` says where and why."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


def language() -> str:
    """`vi` or `en`."""
    return "en" if os.environ.get("ALERTD_LANG", "").lower().startswith("en") else "vi"
