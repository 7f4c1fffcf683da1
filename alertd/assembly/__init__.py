"""From a loaded configuration to the parts that do the work: the only place that knows both sides."""

from __future__ import annotations

from alertd.assembly.base import database, key, night, slots, storage, storage_url
from alertd.assembly.channels import channels
from alertd.assembly.delivery import Delivery, delivery
from alertd.assembly.feeds import ages, feed, feed_settings, sheet
from alertd.assembly.heartbeat import heartbeat, working
from alertd.assembly.papers import agency
from alertd.assembly.reconcile import reconcile

__all__ = [
    "Delivery", "agency", "ages", "channels", "database", "delivery", "feed", "feed_settings", "heartbeat", "key",
    "night", "reconcile", "sheet", "slots", "storage", "storage_url", "working",
]  # fmt: skip
