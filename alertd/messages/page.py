"""A page that shows what a replay would have sent, to be opened in a browser; no script, no other host."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from alertd.core.replay import Replayed


def simulation_page(alerts: Sequence[Replayed], since: datetime, until: datetime, names: Mapping[str, str]) -> str:
    """HTML: alerts per day as bars, per person and step as a table; `names` gives people's names by id."""
    days = Counter(alert.at.date() for alert in alerts)
    people = Counter((alert.person, alert.policy, alert.step) for alert in alerts)
    environment = Environment(
        loader=PackageLoader("alertd", "messages/templates"), undefined=StrictUndefined, autoescape=True
    )
    return environment.get_template("simulation.html").render(
        since=since, until=until, total=len(alerts), most=max(days.values(), default=1), days=sorted(days.items()),
        people=[(names.get(who, who), policy, step, n) for (who, policy, step), n in sorted(people.items())],
    )  # fmt: skip
