"""The shape of `heartbeat:` in alertd.yaml: whom alertd tells that all is well, and how often."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field

from alertd.config.rest import HttpUrl  # noqa: TC001 - pydantic reads it
from alertd.config.strict import Strict
from alertd.config.values import Elapsed  # noqa: TC001


class Heartbeat(Strict):
    """One call to a dead-man's switch; `timeout` bounds the whole call. Whoever has the address can feign it."""

    url: HttpUrl = Field(repr=False)
    every: Elapsed = timedelta(minutes=5)
    method: Literal["GET", "POST"] = "GET"
    timeout: Elapsed = timedelta(seconds=10)
