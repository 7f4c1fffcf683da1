"""The shape of alertd.yaml: zone, storage, feeds, delivery, board, report (DESIGN section 6)."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from alertd.config.channels import Channels  # noqa: TC001 - pydantic reads it
from alertd.config.feeds import Feed  # noqa: TC001 - pydantic reads it
from alertd.config.heartbeat import Heartbeat
from alertd.config.national import Reconcile
from alertd.config.privacy import Privacy
from alertd.config.retention import Retention
from alertd.config.strict import Strict
from alertd.config.times import Quiet, WeekTime
from alertd.config.values import (
    Clock,
    Code,
    Count,
    Elapsed,
    Factor,
    Listen,
    ListenText,
    OneOrMany,
    PeopleText,
    QuietText,
    SecretText,
    Share,
    TargetText,
    Text,
    WeekTimeText,
    Zone,
    fault,
    http_url,
    unless,
)
from alertd.core.organisation import Target

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def _slots(value: Any) -> Any:
    if isinstance(value, str) and value.strip() == "at-once":
        return []
    if isinstance(value, list) and not value:
        raise fault("slots.empty")
    return value if isinstance(value, list | tuple) else [value]


_WRITTEN = Literal["at-once"] | Clock | Annotated[tuple[Clock, ...], Field(min_length=1)]
SlotTimes = Annotated[tuple[Clock, ...], BeforeValidator(_slots, json_schema_input_type=_WRITTEN)]


class Storage(Strict):
    """Where history is kept: `sqlite:///PATH` or `postgresql://…`."""

    url: Text = Field(repr=False)

    @field_validator("url")
    @classmethod
    def _known(cls, value: str) -> str:
        scheme = value.partition("://")[0].partition("+")[0]
        if scheme not in ("sqlite", "postgresql", "postgres") and not value.startswith("${"):
            raise fault("storage.url", value=scheme)
        return value


class StormBrake(Strict):
    """When a tick would send far more than usual: hold what can wait, tell the admin."""

    factor: Factor = 3.0
    share: Share = 0.2
    at_least: Count = 50
    hold_max: Elapsed = timedelta(hours=4)


class Delivery(Strict):
    """When messages leave. `slots` is empty for `at-once`; `slot_days: every` has slots on days without work too.

    `max_per_person_per_day` is the number of dossiers beyond which `simulate` and `diff` warn; it holds nothing back.
    """

    slots: SlotTimes = (time(7, 30), time(13, 0))
    slot_days: Literal["working", "every"] = "working"
    quiet: Annotated[QuietText | None, unless("none", QuietText)] = Quiet(time(21, 30), time(6, 30))
    storm_brake: Annotated[StormBrake | None, unless("off", StormBrake)] = StormBrake()
    claim_timeout: Elapsed = timedelta(seconds=60)
    resend_after: Elapsed = timedelta(minutes=3)
    max_per_person_per_day: Count | None = None

    @property
    def at_once(self) -> bool:
        """Whether there is one message per person and tick instead of slots."""
        return not self.slots


class Web(Strict):
    """The board, the pages that need no login, the providers' hooks.

    `public_url` is how people's phones and providers reach it, through a reverse proxy; without it no message carries a
    page and nobody calls a hook.
    """

    listen: ListenText = Listen("127.0.0.1", 8080)
    public_url: Text | None = None

    @field_validator("public_url")
    @classmethod
    def _http(cls, value: str | None) -> str | None:
        return None if value is None else http_url(value).rstrip("/")


class Variants(Strict):
    """How each indicator is counted (`core.rates.variants`)."""

    R1: Literal["received", "qd766", "offered", "full"] = "received"
    R2: Literal["dossiers", "qd766", "amount"] = "dossiers"
    R3: Literal["result", "all-finished", "qd766"] = "result"
    R4: Literal["instant", "day", "qd766", "late-ratio"] = "instant"
    R5: Literal["instant", "day"] = "instant"
    R6: Literal["seen"] = "seen"
    R7: Literal["open"] = "open"


Side = Literal["receiving", "processing"]


class Sides(Strict):
    """Whose rate each indicator is: the unit's that received the dossier, or the one's that processes it."""

    R1: Side = "receiving"
    R2: Side = "receiving"
    R3: Side = "receiving"
    R4: Side = "processing"
    R5: Side = "processing"
    R6: Side = "processing"
    R7: Side = "processing"


class Agency(Strict):
    """Who issues the report and the letters: what stands at their head and at their end (NĐ 30/2020/NĐ-CP)."""

    parent: Text | None = None
    name: Text
    place: Text
    number: Text = "BC"
    signer_title: Text = "Người ký"
    signer: Text | None = None
    recipients: tuple[Text, ...] = ()


_Recipients = Annotated[tuple[TargetText, ...], OneOrMany, Field(min_length=1)]


class Report(Strict):
    """The weekly report: where a week ends, when it is sent, how its rates are counted.

    `to` are those who get it, None nobody; a post without a place is that of `centre`, or of the first unit. `file` is
    the format. With `unit_pages` each unit's own page goes to its head and to the holders of its post `patron`.
    `centre` is the unit whose head and deputies answer for the rates of the whole district.
    """

    week_ends: WeekTimeText = WeekTime(6, 1440)
    send: WeekTimeText = WeekTime(0, 450)
    to: Annotated[_Recipients | None, unless("none", _Recipients)] = (Target("head@root", "head", "root"),)
    file: Literal["pdf", "docx", "xlsx", "html"] = "pdf"
    unit_pages: bool = True
    centre: Code | None = None
    variants: Variants = Variants()
    units: Sides = Sides()
    agency: Agency | None = None


class Settings(Strict):
    """alertd.yaml. `key` signs buttons and pages and encrypts the providers' tokens; see `assembly.key`."""

    timezone: Zone
    storage: Storage
    feeds: Annotated[tuple[Feed, ...], OneOrMany]
    channels: Channels
    delivery: Delivery = Delivery()
    web: Annotated[Web | None, unless("off", Web)] = Web()
    report: Report = Report()
    reconcile: Annotated[Reconcile | None, unless("off", Reconcile)] = None
    heartbeat: Annotated[Heartbeat | None, unless("off", Heartbeat)] = None
    retention: Retention = Retention()
    privacy: Privacy = Privacy()
    admin: PeopleText | None = None
    key: SecretText | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone that people see."""
        return self.timezone

    def feed(self, name: str) -> Feed | None:
        """The feed of a name."""
        return next((feed for feed in self.feeds if feed.name == name), None)
