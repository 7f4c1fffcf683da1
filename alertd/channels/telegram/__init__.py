"""Telegram: sending, hearing people and answering them (delivery reference, sections 2, 3 and 7.10)."""

from __future__ import annotations

from alertd.channels.telegram.channel import TelegramChannel
from alertd.channels.telegram.timings import Timings
from alertd.channels.telegram.trouble import Trouble
from alertd.channels.telegram.updates import Updates

__all__ = ["TelegramChannel", "Timings", "Trouble", "Updates"]
