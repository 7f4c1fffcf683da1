"""Messages on a terminal: for the demo, and for a first look."""

from __future__ import annotations

from alertd.channels.console.channel import ConsoleChannel

__all__ = ["ConsoleChannel"]
