"""The generic signed webhook (DESIGN section 7): an SMS gateway, or anything else that takes a POST."""

from __future__ import annotations

from alertd.channels.webhook.channel import WebhookChannel
from alertd.channels.webhook.signing import signature, verify

__all__ = ["WebhookChannel", "signature", "verify"]
