"""The shape of `reconcile:` in alertd.yaml: whose totals on the national portal are compared with ours."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from alertd.config.rest import HttpUrl  # noqa: TC001 - pydantic reads it
from alertd.config.strict import Strict
from alertd.config.values import Elapsed, Text  # noqa: TC001


class Reconcile(Strict):
    """Once a day, never on the way of an alert; `department` is the unit's id in the national evaluation."""

    department: Text
    url: HttpUrl = Field(default="https://dichvucong.gov.vn", repr=False)
    timeout: Elapsed = timedelta(seconds=30)
