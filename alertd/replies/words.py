"""What people are answered, in the words of an office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.messages.words import cut
from alertd.replies.asked import Ask, spelled

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from alertd.core.organisation import Organisation, Person

#: What fits one message on every channel (delivery reference 7.8), in characters; room is left for a last line.
MOST = 1900

GROUP = "Việc của từng người được trả lời trong trò chuyện riêng."
NO_KEY = "Hệ thống chưa sẵn sàng trả lời ở đây. Xin hỏi quản trị hệ thống."
LEFT = "Anh/chị hiện không có trong danh sách cán bộ. Xin hỏi Văn phòng."
BAD_BUTTON = "Nút này không hợp lệ hoặc đã hết hạn."
NOT_YOURS = "Nút này không dành cho anh/chị."
WRONG = "Mã không đúng hoặc đã hết hạn.\nXin Văn phòng cấp mã mới."
TAKEN = "Trò chuyện này đã liên kết với người khác.\nXin quản trị bỏ liên kết cũ, rồi thử lại."
TOO_LATE = "Liên kết đã quá một giờ nên không tự bỏ được nữa.\nXin quản trị hệ thống bỏ giúp."
CANCELLED = "Đã bỏ liên kết.\nSẽ không có tin nào gửi đến đây nữa."
NOT_CONNECTED = "Trò chuyện này chưa liên kết với ai."

PHASES = {
    "pre": "chờ tiếp nhận",
    "running": "đang xử lý",
    "paused": "tạm dừng",
    "done": "đã xử lý xong",
    "returned": "đã trả kết quả",
    "cancelled": "đã rút",
    "rejected": "bị từ chối",
    "unknown": "chưa rõ trạng thái",
}


def stranger(channel: str) -> str:
    """How somebody unknown connects; nothing about any dossier."""
    if channel == "telegram":
        return "Kênh này dành cho cán bộ đã liên kết.\nĐể liên kết, mở đường dẫn mời do Văn phòng gửi."
    return "Kênh này dành cho cán bộ đã liên kết.\nĐể liên kết, gõ LIENKET và mã do Văn phòng cấp."


def connected(who: str, channel: str) -> str:
    """The confirmation, by name and unit."""
    return f"Đã liên kết với {who}.\nKhông phải anh/chị? Gõ {spelled(Ask.CANCEL, channel)}."


def name_and_unit(organisation: Organisation, person: Person, day: date) -> str:
    """`Trưởng phòng Tư pháp, Phòng Tư pháp`; the unit of the first post held on a local date, if there is one."""
    units = (organisation.units.get(post.unit) for post in person.posts if day in post.span)
    unit = next((unit.name for unit in units if unit), "")
    return f"{person.name}, {unit}" if unit else person.name


def help_(channel: str) -> str:
    """What can be asked."""
    lines = (
        (Ask.OVERDUE, "", "hồ sơ đang quá hạn"),
        (Ask.TODAY, "", "hồ sơ đến hạn hôm nay"),
        (Ask.DOSSIER, " MÃ", "tình trạng một hồ sơ"),
        (Ask.EXPLAIN, " MÃ NỘI DUNG", "giải trình"),
        (Ask.HAND_OVER, " MÃ", "chuyển cho đồng nghiệp"),
    )
    return "\n".join(["Anh/chị có thể gõ:", *(f"{spelled(ask, channel)}{more}: {what}" for ask, more, what in lines)])


def unknown_text(channel: str) -> str:
    """An answer to what was not understood."""
    return f"Chưa rõ anh/chị cần gì. Gõ {spelled(Ask.HELP, channel)} để xem cách hỏi."


def usage(ask: Ask, channel: str) -> str:
    """How a word that needs more is typed."""
    more = " MÃ NỘI DUNG" if ask is Ask.EXPLAIN else " MÃ"
    return f"Gõ {spelled(ask, channel)}{more}, với MÃ là mã hồ sơ."


def no_dossier(code: str) -> str:
    """The same for a code that does not exist and for somebody else's."""
    return f"Không có hồ sơ {cut(code, 40)}\ntrong phần việc của anh/chị."


def fitting(head: str, blocks: Iterable[str], total: int, what: str = "hồ sơ") -> str:
    """A heading and as many of `total` blocks as one message takes, then how many more there are."""
    text = head
    for place, block in enumerate(blocks):
        if len(text) + 1 + len(block) > MOST:
            return f"{text}\n… và {total - place} {what} nữa"
        text = f"{text}\n{block}"
    return text
