"""What Telegram measures in a message and between messages (delivery reference, section 2)."""

from __future__ import annotations

import json
import re
import time
from collections import deque
from collections.abc import Callable
from html.parser import HTMLParser

MAX_UNITS = 4096
MAX_DATA = 64
OVERALL_PER_SECOND = 30
PER_GROUP_MINUTE = 20
_TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote", "tg-spoiler"}
_MARK = re.compile(r"\((\d+)/(\d+)\)")


class Meter:
    """Notes each message and says how long its sender should have waited; what it finds wrong goes to `violations`.

    `clock` gives seconds: another one than the real one serves a sender on a virtual clock.
    """

    def __init__(self, violations: list[str], clock: Callable[[], float] = time.monotonic) -> None:
        self.violations = violations
        self.clock = clock
        self._recent: deque[tuple[float, str]] = deque()
        self._groups: dict[str, deque[float]] = {}
        self._held: dict[str, float] = {}
        self._parts: dict[str, tuple[int, int]] = {}

    def wait(self, chat: str) -> int:
        """Seconds that the sender should have waited, 0 if none."""
        now = self.clock()
        if now < self._held.get(chat, now):
            self.violations.append(f"ignored retry_after in chat {chat}")
        while self._recent and now - self._recent[0][0] >= 1.0:
            self._recent.popleft()
        same = any(other == chat for _, other in self._recent)
        crowded = len(self._recent) >= OVERALL_PER_SECOND
        self._recent.append((now, chat))
        if same:
            self.violations.append(f"more than 1 message in a second to chat {chat}")
        if crowded:
            self.violations.append(f"more than {OVERALL_PER_SECOND} messages in a second")
        return max(1 if same or crowded else 0, self._group(chat, now))

    def _group(self, chat: str, now: float) -> int:
        if not chat.startswith(("-", "@")):
            return 0
        minute = self._groups.setdefault(chat, deque())
        while minute and now - minute[0] >= 60:
            minute.popleft()
        minute.append(now)
        if len(minute) <= PER_GROUP_MINUTE:
            return 0
        self.violations.append(f"more than {PER_GROUP_MINUTE} messages in a minute to group {chat}")
        return int(60 - (now - minute[0])) + 1

    def hold(self, chat: str, seconds: float) -> None:
        """Remember that this chat's sender was told to wait."""
        self._held[chat] = self.clock() + seconds

    def order(self, chat: str, text: str) -> None:
        """Parts of one message, marked "(2/3)" in the first line, come in their order; the last may come again."""
        mark = _MARK.search(text.split("\n", 1)[0])
        if mark is None:
            return
        part, parts = int(mark[1]), int(mark[2])
        before, of = self._parts.get(chat, (0, parts))
        if part not in {1, before, before + 1} or (part > 1 and of != parts):
            self.violations.append(f"part {part}/{parts} after {before}/{of} in chat {chat}")
        self._parts[chat] = (part, parts)

    def refusal(self, fields: dict[str, str]) -> str | None:
        """Why Telegram would not take this text and these buttons; None if it would."""
        text = fields.get("text", "")
        if fields.get("parse_mode", "").upper() == "HTML":
            visible = _Html(text)
            if visible.fault:
                self.violations.append(f"HTML: {visible.fault}")
                return f"Bad Request: can't parse entities: {visible.fault}"
            text = visible.text
        if not text.strip():
            self.violations.append("an empty text")
            return "Bad Request: message text is empty"
        if (units := len(text.encode("utf-16-le")) // 2) > MAX_UNITS:
            self.violations.append(f"{units} UTF-16 units to chat {fields.get('chat_id', '')}")
            return "Bad Request: message is too long"
        return self.bad_buttons(fields)

    def bad_buttons(self, fields: dict[str, str]) -> str | None:
        """Why Telegram would not take these buttons."""
        for button in buttons(fields):
            size = len(button.get("callback_data", "").encode())
            if not button.get("text") or not (1 <= size <= MAX_DATA or button.get("url")):
                self.violations.append(f"a button of {size} bytes")
                return "Bad Request: BUTTON_DATA_INVALID"
        return None


def buttons(fields: dict[str, str]) -> list[dict[str, str]]:
    """The buttons of a call, row by row."""
    markup = json.loads(fields.get("reply_markup") or "{}")
    return [button for row in markup.get("inline_keyboard", []) for button in row]


class _Html(HTMLParser):
    """Telegram's few tags, each closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.fault = ""
        self._open: list[str] = []
        if re.search(r"<(?![/a-z])|&(?!(lt|gt|amp|quot|#\d+|#x[0-9a-f]+);)", text, re.IGNORECASE):
            self.fault = "unescaped character"
        self.feed(text)
        self.close()
        if self._open:
            self.fault = self.fault or f"can't find end tag corresponding to start tag {self._open[-1]}"

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in _TAGS:
            self.fault = self.fault or f"unsupported start tag {tag!r}"
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.fault = self.fault or "unmatched end tag"

    def handle_data(self, data: str) -> None:
        self.text += data
