"""Words in the headers of foreign sheets that suggest a field to a person; never enough to read a column by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from alertd.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Folded. The whole header, or words of it in this order.
HINTS: Mapping[str, tuple[str, ...]] = {
    "code": (
        "case", "case id", "case number", "case no", "dossier", "dossier id", "dossier number", "file number",
        "reference", "reference number", "application number", "application id", "ma hs", "so hs", "mahs", "sohs",
        "ma ho so", "so ho so",
    ),
    "received_at": (
        "received", "receipt date", "date received", "registered", "registration date", "start date", "intake",
        "accepted", "tiep nhan", "ngay nhan", "nhan ngay",
    ),
    "due_at": (
        "deadline", "due", "due date", "target date", "promised", "hen tra",
        "han tra", "han xu ly", "han giai quyet", "thoi han", "ngay hen",
    ),
    "finished_at": (
        "finished", "completed", "closed", "resolved", "end date", "completion date", "ket thuc", "hoan thanh",
        "co ket qua", "xu ly xong",
    ),
    "returned_at": ("returned", "handed over", "delivered", "tra ket qua", "ngay tra", "da tra"),
    "submitted_at": ("submitted", "submission date", "filed", "applied", "ngay nop", "ngay gui"),
    "unit": (
        "department", "unit", "office", "agency", "authority", "organisation", "organization", "division",
        "don vi", "co quan", "phong ban",
    ),
    "officer": (
        "responsible", "officer", "handler", "assignee", "assigned to", "employee", "resource", "staff", "owner",
        "can bo", "nguoi xu ly", "chuyen vien", "nguoi thu ly",
    ),
    "status": ("status", "state", "phase", "stage", "trang thai", "tinh trang"),
    "channel": ("channel", "filing channel", "medium", "submitted via", "hinh thuc", "kenh", "cach nop"),
    "procedure": ("procedure", "service", "service name", "permit type", "case type", "thu tuc", "quy trinh"),
    "procedure_code": ("procedure code", "service code", "ma thu tuc", "ma tthc", "ma dich vu"),
    "field": ("field", "sector", "domain", "category", "linh vuc"),
    "url": ("url", "link", "duong dan", "lien ket"),
}  # fmt: skip
#: Words that say little by themselves.
WEAK: Mapping[str, tuple[str, ...]] = {
    "code": ("id", "number", "ma so"),
    "due_at": ("planned", "expected"),
    "finished_at": ("end",),
    "unit": ("team", "group", "phong", "bo phan"),
    "channel": ("source",),
}
#: What a channel is called elsewhere, folded.
CHANNELS: Mapping[str, str] = {
    "internet": "online",
    "web": "online",
    "website": "online",
    "portal": "online",
    "digital": "online",
    "electronic": "online",
    "qua mang": "online",
    "dich vu cong": "online",
    "cong dich vu cong": "online",
    "desk": "direct",
    "counter": "direct",
    "front office": "direct",
    "in person": "direct",
    "tai quay": "direct",
    "mot cua": "direct",
    "tai bo phan mot cua": "direct",
    "post": "postal",
    "mail": "postal",
    "letter": "postal",
    "buu dien": "postal",
    "qua buu dien": "postal",
}
#: What a status is called elsewhere, folded.
STATUSES: Mapping[str, str] = {
    "new": "pre",
    "submitted": "pre",
    "open": "running",
    "in progress": "running",
    "in process": "running",
    "processing": "running",
    "active": "running",
    "on hold": "paused",
    "waiting": "paused",
    "suspended": "paused",
    "pending applicant": "paused",
    "done": "done",
    "completed": "done",
    "finished": "done",
    "closed": "returned",
    "delivered": "returned",
    "returned": "returned",
    "withdrawn": "cancelled",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "rejected": "rejected",
    "refused": "rejected",
    "denied": "rejected",
    "dang giai quyet": "running",
    "dang cho xu ly": "running",
    "cho xu ly": "running",
    "da giai quyet": "done",
    "da tra": "returned",
}
WHOLE, PART = 2, 1
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_./\\-]+")


def words_of(title: str) -> str:
    """A header as folded words: camel case and underscores part them."""
    return " ".join(re.findall(r"[^\W_]+", fold(_CAMEL.sub(" ", title))))


def hinted(field: str, title: str) -> int:
    """How much a header suggests a field: WHOLE, PART or 0."""
    words = words_of(title)
    if words in HINTS.get(field, ()):
        return WHOLE
    padded = f" {words} "
    return PART if any(f" {hint} " in padded for hint in (*HINTS.get(field, ()), *WEAK.get(field, ()))) else 0
