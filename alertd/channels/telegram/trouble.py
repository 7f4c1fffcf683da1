"""Why nothing is heard from people, in words for the log and for the admin."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Trouble(StrEnum):
    """The admin is told of each once."""

    #: Another program reads this bot's updates (409).
    CONFLICT = "conflict"
    #: Telegram does not know the token (401).
    REFUSED = "refused"
    #: Telegram is out of reach, or has gone silent, for longer than a poll can take.
    STALLED = "stalled"


class Words(NamedTuple):
    """For the log, and for the admin: the first line stands on a lock screen."""

    reason: str
    title: str
    text: str

    @property
    def notice(self) -> str:
        """What the admin is told."""
        return f"{self.title}\n{self.text}"


WORDS = {
    Trouble.CONFLICT: Words(
        "another program reads this bot's updates; stop it, or give it a bot of its own",
        "Telegram: bot đang bị chương trình khác đọc tin",
        "Nút bấm và câu hỏi của cán bộ không về được alertd. Hãy tắt chương trình kia, hoặc tạo bot riêng cho nó.",
    ),
    Trouble.REFUSED: Words(
        "Telegram refuses the token; put the right one into channels.telegram.token",
        "Telegram: mã (token) của bot bị từ chối",
        "Không gửi và không nhận được gì qua Telegram. Hãy lấy mã mới ở @BotFather và sửa channels.telegram.token.",
    ),
    Trouble.STALLED: Words(
        "nothing is heard from Telegram; is it blocked here? set channels.telegram.proxy",
        "Telegram: không nhận được tin từ máy chủ",
        "Nút bấm và câu hỏi của cán bộ chưa về được alertd. Hãy kiểm tra đường mạng, hoặc đặt channels.telegram.proxy.",
    ),
}
