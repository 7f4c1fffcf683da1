"""Flags of a dossier's history: their evidence as people see it, and in words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from alertd.core.flags import Flag
from alertd.messages.words import FLAGS
from alertd.story.facts import INSTANTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from alertd.story.facts import Local

DATES = {"received_at": "tiếp nhận", "due_at": "hẹn trả", "finished_at": "kết thúc", "returned_at": "trả kết quả"}


def shown(flag: str, evidence: Mapping[str, Any], local: Local) -> dict[str, Any]:
    """The evidence with its instants in the configured zone."""
    instants = INSTANTS if flag == Flag.REOPENED else (*INSTANTS, "accept_by", "from", "to")
    return {
        name: local(datetime.fromisoformat(value)) if name in instants and value else value
        for name, value in evidence.items()
    }


def words(flag: str, evidence: Mapping[str, Any], when: Callable[[str | None], str]) -> str:
    """`dời hẹn trả khi đã quá hạn (16:00 10/06 → 16:00 14/06)`; `when` writes an instant."""
    detail = _DETAILS[Flag(flag)](evidence, when)
    return f"{FLAGS[flag]}{detail and f' ({detail})'}"


def _moved(evidence: Mapping[str, Any], when: Callable[[str | None], str]) -> str:
    return f"{when(evidence['from'])} → {when(evidence['to'])}"


_DETAILS: Mapping[Flag, Callable[[Mapping[str, Any], Callable[[str | None], str]], str]] = {
    Flag.SUPPLEMENT_REPEAT: lambda evidence, _: f"lần {evidence['count']}",
    Flag.EXTENDED_AFTER_DUE: _moved,
    Flag.SECOND_EXTENSION: lambda evidence, when: f"lần {evidence['count']}: {_moved(evidence, when)}",
    Flag.CONFLICT: lambda evidence, when: f"kết thúc {when(evidence['finished_at'])}",
    Flag.ORDER: lambda evidence, when: (
        f"{DATES[evidence['earlier']]} {when(evidence[evidence['earlier']])}"
        f" sau {DATES[evidence['later']]} {when(evidence[evidence['later']])}"
    ),
    Flag.ESTIMATED_FINISH: lambda _evidence, _: "",
    Flag.REOPENED: lambda evidence, _: f"{evidence['from']} → {evidence['to']}",
    Flag.ACCEPTED_LATE: lambda evidence, when: (
        f"tiếp nhận {when(evidence['received_at'])}, hạn tiếp nhận {when(evidence['accept_by'])}"
    ),
    Flag.BACKDATED_FINISH: lambda evidence, when: f"{_moved(evidence, when)}, hạn {when(evidence['due_at'])}",
}
