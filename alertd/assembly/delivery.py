"""Everything between the ledger and the channels: compose, route, and one delivery per channel."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from alertd.assembly.base import slots
from alertd.core.pace import Pace, limits
from alertd.core.storm import StormBrake
from alertd.jobs.aftermath import Aftermath
from alertd.jobs.compose import Composer
from alertd.jobs.deliver import Deliver
from alertd.jobs.reach import Reach
from alertd.jobs.route import Route
from alertd.messages.render import Renderer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from alertd.channels import Channel
    from alertd.config.load import Loaded
    from alertd.jobs.outgoing import Links
    from alertd.store.database import Database


@dataclass(frozen=True)
class Delivery:
    """The jobs of delivery; each has a `tick(now)` of its own, so that a slow provider holds up nobody else."""

    composer: Composer
    route: Route
    channels: list[Deliver]


def delivery(
    loaded: Loaded,
    database: Database,
    channels: Mapping[str, Channel],
    clock: Callable[[], datetime],
    links: Links | None = None,
) -> Delivery:
    """The jobs of delivery over these channels. `clock` tells the instant of an answer (UTC)."""
    settings, rules = loaded.settings, loaded.rules
    holder = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    reach = Reach(database, rules, channels)
    aftermath = Aftermath(rules, reach, settings.delivery.resend_after)
    brake = settings.delivery.storm_brake
    renderer = Renderer(rules.zone, rules.calendar.hours_per_day)
    return Delivery(
        Composer(
            database, rules, slots(loaded), renderer,
            brake=None if brake is None else StormBrake(brake.factor, brake.share, brake.at_least, brake.hold_max),
            answers=_can_answer(loaded),
        ),
        Route(database, rules, reach, channels, aftermath, holder),
        [
            Deliver(
                database=database,
                rules=rules,
                slots=slots(loaded),
                channel=channel,
                reach=reach,
                aftermath=aftermath,
                pace=Pace(limits(name, getattr(getattr(settings.channels, name), "per_second", None))),
                holder=holder,
                claim_timeout=settings.delivery.claim_timeout,
                clock=clock,
                links=links,
            )
            for name, channel in channels.items()
        ],
    )  # fmt: skip


def _can_answer(loaded: Loaded) -> bool:
    """Whether people have a way to acknowledge: a button, or a page."""
    telegram, web = loaded.settings.channels.telegram, loaded.settings.web
    return (telegram is not None and telegram.answers) or (web is not None and web.public_url is not None)
