"""Zalo Official Account: templates by user id and by phone, consultation, groups, and what people send back."""

from __future__ import annotations

from alertd.channels.zalo.channel import ZaloChannel
from alertd.channels.zalo.forms import Forms
from alertd.channels.zalo.oauth import Endpoint
from alertd.channels.zalo.tokens import Tokens

__all__ = ["Endpoint", "Forms", "Tokens", "ZaloChannel"]
