"""E-mail by SMTP: plain text to one mailbox, through the office's own mail server."""

from __future__ import annotations

from alertd.channels.email.channel import EmailChannel

__all__ = ["EmailChannel"]
