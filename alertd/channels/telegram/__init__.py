"""Telegram, sending only (delivery reference, sections 2 and 3)."""

from __future__ import annotations

from alertd.channels.telegram.channel import TelegramChannel

__all__ = ["TelegramChannel"]
