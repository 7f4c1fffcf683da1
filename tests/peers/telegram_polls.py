"""The updates of a bot: made by hand or by a test, fetched by one poller at a time (delivery reference, section 2)."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.peers.loopback import Answer, json_answer

CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
LATE_SECONDS = 15.0
#: One for all servers, as Telegram's ids never begin anew.
_IDS = itertools.count(1000)


@dataclass
class Press:
    """A pressed button that waits for its answer; `answer` is the word that was shown beside it."""

    chat: str
    data: str
    at: float
    answer: str | None = None


class Polls:
    """Holds what people sent until it is confirmed by a later offset."""

    def __init__(self, violations: list[str], clock: Callable[[], float] = time.monotonic) -> None:
        self.violations = violations
        self.clock = clock
        self.webhook = ""
        self.presses: dict[str, Press] = {}
        self.conflicts = 0
        self.confirmed = 0
        self.polls = 0
        self.allowed: str | None = None
        self._waiting: list[dict[str, Any]] = []
        self._poller: asyncio.Future[str] | None = None

    @property
    def unconfirmed(self) -> list[int]:
        """The ids of updates that Telegram still holds."""
        return [update["update_id"] for update in self._waiting]

    async def fetch(self, fields: dict[str, str]) -> Answer:
        """One getUpdates: it ends with an update, by time, or because somebody else polls."""
        self.polls += 1
        self.allowed = fields.get("allowed_updates", self.allowed)
        if self.webhook:
            return self._conflict(WEBHOOK)
        if self._poller is not None and not self._poller.done():
            self._poller.set_result("conflict")
        offset = int(fields.get("offset") or 0)
        self.confirmed = max(self.confirmed, offset - 1)
        self._waiting = [update for update in self._waiting if update["update_id"] >= offset]
        if not self._waiting:
            self._poller = asyncio.get_running_loop().create_future()
            try:
                word = await asyncio.wait_for(self._poller, float(fields.get("timeout") or 0))
            except TimeoutError:
                word = "time"
            if word == "conflict":
                return self._conflict(CONFLICT)
        return json_answer({"ok": True, "result": self._waiting[: int(fields.get("limit") or 100)]})

    def _conflict(self, description: str) -> Answer:
        self.conflicts += 1
        return json_answer({"ok": False, "error_code": 409, "description": description}, 409)

    def tell(self, update: dict[str, Any]) -> int:
        """Let a poller have this update; `update_id` is given to it unless it has one (then it is told again)."""
        update = {"update_id": update.get("update_id") or next(_IDS), **update}
        self._waiting.append(update)
        if self._poller is not None and not self._poller.done():
            self._poller.set_result("update")
        return update["update_id"]

    def text(self, chat: int | str, text: str, **more: Any) -> int:
        """A person writes."""
        message = {"message_id": next(_IDS), "date": int(time.time()), "chat": _chat(chat), "from": _user(chat)}
        return self.tell({"message": {**message, "text": text}, **more})

    def press(self, chat: int | str, data: str, message_id: int = 1, **more: Any) -> str:
        """A person presses a button; gives the id under which its answer will stand in `presses`."""
        query = f"q{next(_IDS)}"
        self.presses[query] = Press(str(chat), data, self.clock())
        message = {"message_id": message_id, "date": int(time.time()), "chat": _chat(chat), "text": "…"}
        press = {"id": query, "from": _user(chat), "message": message, "chat_instance": "1", "data": data}
        self.tell({"callback_query": press, **more})
        return query

    def member(self, chat: int | str, before: str, after: str) -> int:
        """The bot's standing in a chat changes: `member`, `kicked` (in a private chat: blocked), `left`."""
        bot = {"id": 123456, "is_bot": True, "first_name": "alertd", "username": "alertd_bot"}
        old, new = ({"user": bot, "status": word, **_until(word)} for word in (before, after))
        change = {"chat": _chat(chat), "from": _user(chat), "date": int(time.time())}
        return self.tell({"my_chat_member": {**change, "old_chat_member": old, "new_chat_member": new}})

    def answer(self, fields: dict[str, str]) -> str | None:
        """Take an answerCallbackQuery; gives why it is refused."""
        press = self.presses.get(fields.get("callback_query_id", ""))
        if press is None:
            self.violations.append("an answer to no press")
        elif (late := self.clock() - press.at) > LATE_SECONDS:
            self.violations.append(f"a press was answered after {late:.0f} s")
        elif len(fields.get("text", "")) > 200:
            self.violations.append("an answer to a press of more than 200 characters")
            return "Bad Request: MESSAGE_TOO_LONG"
        else:
            press.answer = fields.get("text", "")
            return None
        return "Bad Request: query is too old and response timeout expired or query ID is invalid"


def _chat(chat: int | str) -> dict[str, Any]:
    number = int(chat)
    if number < 0:
        return {"id": number, "type": "supergroup", "title": "Phòng Tư pháp"}
    return {"id": number, "type": "private", "first_name": "Cán bộ"}


def _user(chat: int | str) -> dict[str, Any]:
    return {"id": abs(int(chat)), "is_bot": False, "first_name": "Cán bộ"}


def _until(status: str) -> dict[str, int]:
    return {"until_date": 0} if status == "kicked" else {}
