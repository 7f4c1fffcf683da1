"""Why nobody was told of a dossier: from the last mile back to the portal, the first reason that holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alertd.core.delivery import PartState
from alertd.core.dossier import Clock
from alertd.core.firing import AlertState
from alertd.core.planning import LADDERS
from alertd.story import facts
from alertd.story.messages import PAST_TERM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alertd.core.slots import Slots
    from alertd.story.situation import Situation

#: By the state of a message, then of an alert; of several, the one that stands first here.
_SENT = {
    PartState.HELD: "tin đang được tạm giữ chờ quyết định, xem alertd outbox list",
    PartState.DISCARDED: "tin đã bị bỏ theo quyết định",
    PartState.FAILED: "không kênh nào đến được người nhận",
    PartState.UNKNOWN: "chưa rõ kênh đã nhận tin hay chưa",
    PartState.RETRY: "tin đang chờ gửi lại",
    PartState.SENDING: "tin đang được gửi",
    PartState.PENDING: "tin đang chờ gửi",
}
_TOLD = {
    AlertState.PENDING: "cảnh báo chờ đợt gửi tới{slot}, hoặc đơn vị đang được tạm im (alertd silence --list)",
    AlertState.NOBODY: "không có ai để báo",
    AlertState.MUTED: "người nhận đã xác nhận hồ sơ",
    AlertState.NOT_APPLIED: "quy tắc có sau mốc của hồ sơ, không áp dụng ngược",
    AlertState.DISCARDED: "cảnh báo đã bị bỏ theo quyết định",
    AlertState.SUPERSEDED: "hồ sơ đã kết thúc hoặc đổi hẹn trước khi tin được gửi",
}

_UNMATCHED = {
    Clock.DUE: "không chính sách nào khớp với hồ sơ",
    Clock.ACCEPT: "hồ sơ chờ tiếp nhận, và không chính sách nào có clock: accept khớp với nó",
}


def silence(
    of: Situation, told: Sequence[dict[str, Any]], sent: Sequence[dict[str, Any]], slots: Slots | None
) -> str | None:
    """In words that follow "chưa báo ai vì"; None when a message has reached somebody, or is not kept any more.

    With `slots` it says when the next one is.
    """
    states = {str(message["state"]) for message in sent}
    if PartState.ACCEPTED in states or any(alert["delivery"] == PAST_TERM for alert in told):
        return None
    alerts = {str(alert["state"]) for alert in told if alert["policy"]}
    reasons = [reason for state, reason in _SENT.items() if state in states]
    reasons += [reason for state, reason in _TOLD.items() if state in alerts]
    return reasons[0].format(slot=_next(of, slots)) if reasons else _unplanned(of)


def _next(of: Situation, slots: Slots | None) -> str:
    """When what waits leaves, in brackets; '' where that is at once, or nobody said."""
    leaves = slots.following(of.now, of.rules.calendar) if slots else of.now
    return f" ({leaves.astimezone(of.rules.zone):%H:%M %d/%m/%Y})" if leaves > of.now else ""


def _unplanned(of: Situation) -> str:
    """Why no step has fired yet."""
    if of.clock is Clock.ENDED:
        return "hồ sơ đã kết thúc trước khi có bước nào đến hạn"
    if of.clock is Clock.NONE:
        return "nguồn này không dùng để tính hạn (deadlines: false)"
    if of.clock not in LADDERS:
        return "hồ sơ không chạy hạn ở giai đoạn này"
    if of.deadline is None:
        return "hồ sơ không có ngày hẹn trả" if of.clock is Clock.DUE else "hồ sơ chờ tiếp nhận, không có hạn tiếp nhận"
    if of.policy is None:
        return _UNMATCHED[of.clock]
    if facts.missing_since(of.record, of.now) is not None:
        return "hồ sơ đang mất dấu trên cổng, cảnh báo tạm giữ"
    if not of.past:
        if of.record.dossier.waiting_at:
            return "bước đã đến hạn chờ dữ liệu mới từ cổng"
        upcoming = of.record.dossier.next_step_at
        if upcoming is not None and upcoming <= of.now:
            return "bước đã đến hạn chờ lần quét tới của tiến trình alertd run"
    return "chưa bước nào đến hạn"
