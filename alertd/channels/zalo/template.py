"""Short parameters for an approved template (delivery reference 1b and 7.8); `docs/zalo-templates.md` has their texts.

A template is a short form with a link, never a digest. Each purpose has a fixed set of parameters, as Zalo compares
what is sent with what was approved.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from alertd.channels.plain import one_line, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alertd.channels import Outgoing

#: Longest value of each parameter in code points (NFC).
LENGTHS = {
    "ten": 30,
    "noi_dung": 60,
    "so_ho_so": 30,
    "ma_ho_so": 30,
    "han": 20,
    "trang_thai": 30,
    "lien_ket": 200,
}
DEFAULT, REPORT = "default", "report"
#: The parameters of each purpose, in the order of the texts; `lien_ket` only where there are signed pages.
PARAMETERS: dict[str, tuple[str, ...]] = {
    "soon": ("ten", "noi_dung", "so_ho_so", "ma_ho_so", "han", "trang_thai", "lien_ket"),
    "overdue": ("ten", "noi_dung", "so_ho_so", "ma_ho_so", "han", "trang_thai", "lien_ket"),
    "resolved": ("ten", "noi_dung", "trang_thai"),
    "notice": ("ten", "noi_dung", "trang_thai"),
    "drill": ("ten", "noi_dung", "trang_thai"),
    DEFAULT: ("ten", "noi_dung", "trang_thai", "lien_ket"),
}
STATUSES = {
    "soon": "Sắp đến hạn",
    "overdue": "Quá hạn",
    "resolved": "Đã giải quyết xong",
    "notice": "Cần kiểm tra",
    "drill": "Tin thử",
    "report": "Báo cáo tuần",
}
#: A link that leads to a page saying that there is nothing to answer: a template has it or has it not.
NO_PAGE = "0"
NO_DUE = "chưa có hạn"


class Filled(NamedTuple):
    """A template and what stands in it."""

    template_id: str
    data: dict[str, str]


def purpose(part: Outgoing) -> str:
    """What a part is for: its kind where that says so, else before or after the due date."""
    if part.kind in {"notice", "resolved", "drill", REPORT}:
        return part.kind
    return "soon" if part.urgency == "normal" else "overdue"


def fill(part: Outgoing, templates: Mapping[str, str], *, pages: bool) -> Filled | None:
    """The template of a part and its parameters, None where none is configured for it.

    `pages` says whether this installation has signed pages, so that its templates were submitted with the button.
    """
    wanted = purpose(part)
    # no template is made for the report alone: that with a link, or that of notices
    usable = (DEFAULT, "notice") if wanted == REPORT else (wanted, DEFAULT)
    chosen = next((name for name in usable if templates.get(name)), DEFAULT)
    template_id = templates.get(chosen)
    if not template_id:
        return None
    values = _values(part, wanted)
    names = [name for name in PARAMETERS[chosen] if pages or name != "lien_ket"]
    return Filled(template_id, {name: one_line(values[name], LENGTHS[name]) for name in names})


def _values(part: Outgoing, wanted: str) -> dict[str, str]:
    dues = [due for due in (_instant(dossier.get("due_at")) for dossier in part.dossiers) if due is not None]
    first_line = next((line for line in plain(part.text).splitlines() if line.strip()), "")
    return {
        "ten": part.person_name.strip() or part.person,
        "noi_dung": first_line or STATUSES[wanted],
        "so_ho_so": f"{len(part.dossiers)} hồ sơ",
        "ma_ho_so": _codes(part),
        "han": f"{min(dues):%H:%M %d/%m/%Y}" if dues else NO_DUE,
        "trang_thai": STATUSES[wanted],
        "lien_ket": part.page.rstrip("/").rpartition("/")[2] if part.page else NO_PAGE,
    }


def _codes(part: Outgoing) -> str:
    """The first code, and how many follow: the count is kept whole, the code is what gives way."""
    named = [dossier.get("code") or "" for dossier in part.dossiers]
    more = f" +{len(named) - 1}" if len(named) > 1 else ""
    return one_line(named[0] if named else "-", LENGTHS["ma_ho_so"] - len(more)) + more


def _instant(text: str | None) -> datetime | None:
    """A due instant in the zone in which it was written."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
