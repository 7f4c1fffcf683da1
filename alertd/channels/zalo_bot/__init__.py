"""A bot of the Zalo Bot platform: plain text to people who have written to it."""

from __future__ import annotations

from alertd.channels.zalo_bot.channel import ZaloBotChannel

__all__ = ["ZaloBotChannel"]
