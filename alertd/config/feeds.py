"""The shape of `feeds:` in alertd.yaml, told apart by `type` (DESIGN sections 5 and 6)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, PlainValidator

from alertd.config import rest  # noqa: TC001 - pydantic reads it
from alertd.config.dvcqg import DVCQG
from alertd.config.paths import PathText  # noqa: TC001 - pydantic reads it
from alertd.config.strict import Strict
from alertd.config.values import (
    Age,
    Code,
    Count,
    Elapsed,
    Encoding,
    OneOrMany,
    SecretText,
    Text,
    Zone,
    fault,
    instant,
    one_of,
)
from alertd.core.dossier import Filing, Phase, ServiceLevel
from alertd.core.freshness import MaxAge

if TYPE_CHECKING:
    from collections.abc import Mapping

PhaseName = Annotated[str, one_of(Phase)]
FilingName = Annotated[str, one_of(Filing)]
LevelName = Annotated[str, one_of(ServiceLevel)]
YesOrNo = Annotated[str, one_of(("yes", "no"))]
Labels = Annotated[tuple[Text, ...], OneOrMany]
#: What a column can be of (`alertd.core.dossier.Observation`); `officer` may name several, `due_at` be a bare date.
COLUMNS = (
    "key", "code", "aliases", "parent", "status", "unit", "received_unit", "officer", "procedure_code", "procedure",
    "field", "channel", "submitted_at", "accept_due_at", "received_at", "due_at", "due_before_at", "finished_at",
    "returned_at", "step", "step_due_at", "supplements", "service_level", "fee", "fee_total", "paid_online",
    "result_required", "result_digital", "components_digital", "url", "applicant", "applicant_phone",
)  # fmt: skip
Column = Annotated[str, one_of(COLUMNS)]
FEED_TYPES = ("sheet", "opencps", "igate", "rest")
MAPS: dict[str, rest.ReadyMap] = {"dvcqg": DVCQG}


def _ascending(value: str) -> str:
    """New dossiers at the end: in any other order what is read moves while it is read."""
    if not re.fullmatch(r"[A-Za-z][\w.-]*,asc", value):
        raise fault("igate.sort", value=value)
    return value


class ValueMaps(Strict):
    """What a feed writes for yes and no, and for each service level."""

    fee: dict[YesOrNo, Labels] = Field(default_factory=dict)
    paid_online: dict[YesOrNo, Labels] = Field(default_factory=dict)
    result_required: dict[YesOrNo, Labels] = Field(default_factory=dict)
    result_digital: dict[YesOrNo, Labels] = Field(default_factory=dict)
    components_digital: dict[YesOrNo, Labels] = Field(default_factory=dict)
    service_level: dict[LevelName, Labels] = Field(default_factory=dict)

    def before(self, others: Mapping[str, Mapping[str, tuple[str, ...]]]) -> ValueMaps:
        """These, and of `others` the tables of fields for which there is none here."""
        return self.model_copy(update={field: table for field, table in others.items() if not getattr(self, field)})


class FeedBase(Strict):
    """What every feed has."""

    name: Code
    scope: Literal["all", "open", "part"] = "part"
    every: Elapsed = timedelta(minutes=5)
    max_age: Age = MaxAge(elapsed=timedelta(hours=1))
    due_midnight: Literal["date", "exact"] | None = None
    zone: Zone | None = None
    channel_values: dict[FilingName, Labels] = Field(default_factory=dict)
    statuses: dict[PhaseName, Labels] = Field(default_factory=dict)
    values: ValueMaps = ValueMaps()
    accept_smaller: bool = False
    accept_changed: bool = False


class SheetFeed(FeedBase):
    """Exports in a drop folder: CSV, XLSX, XLS, HTML tables."""

    type: Literal["sheet"]
    path: Text
    columns: dict[Column, Labels] = Field(default_factory=dict)
    date_order: Literal["day-first", "month-first"] = "day-first"
    max_age: Age = MaxAge(working_days=1)
    as_of: Annotated[datetime | None, PlainValidator(instant, json_schema_input_type=str)] = None
    encoding: Encoding | None = None
    worksheet: Text | None = None

    def pattern(self, folder: Path) -> Path:
        """The files to read: absolute, or relative to the configuration folder."""
        return Path(folder, self.path)


class PortalFeed(FeedBase):
    """What portals that are asked over HTTP have. `filters` are parameters of their search, by their names there."""

    #: Parameters that the feed sets itself.
    reserved: ClassVar[frozenset[str]]

    url: rest.HttpUrl = Field(repr=False)
    username: Text | None = Field(default=None, repr=False)
    password: SecretText | None = None
    filters: dict[Text, Text] = Field(default_factory=dict, repr=False)
    page_size: Count = 200
    timeout: Elapsed = timedelta(seconds=30)


class OpencpsFeed(PortalFeed):
    """OpenCPS v2 over REST, one call per group."""

    reserved = frozenset({"start", "end", "sort", "order"})

    type: Literal["opencps"]
    groups: Annotated[tuple[Text, ...], OneOrMany, Field(min_length=1)]


class IgateFeed(PortalFeed):
    """VNPT iGate 2.0 over REST; its Keycloak is `sso` with a `realm`, or the whole address of its tokens.

    With a user the token is that person's, else the client's own. `sort` is a field that never changes, ascending.
    """

    reserved = frozenset({"page", "size", "spec", "sort", "remove-status"})

    type: Literal["igate"]
    sso: rest.HttpUrl | None = Field(default=None, repr=False)
    realm: Text = "digo"
    token_url: rest.HttpUrl | None = Field(default=None, repr=False)
    client_id: Text
    client_secret: SecretText | None = None
    spec: Literal["page", "slice"] = "page"
    sort: Annotated[Text, AfterValidator(_ascending)] = "id,asc"

    @property
    def token_address(self) -> str:
        """Where Keycloak gives tokens."""
        return self.token_url or f"{(self.sso or '').rstrip('/')}/realms/{self.realm}/protocol/openid-connect/token"


class RestFeed(FeedBase):
    """Any portal that answers JSON.

    `map` brings the fields and tables of a known format, before which the feed's own go. `deadlines: false` leaves all
    deadlines out: its dossiers are counted, and nothing of them falls due. `done_needs_finish`: a dossier is not taken
    for done unless it has a finish after its receipt. `channel_values` replaces the usual table, `statuses` goes before
    it.
    """

    type: Literal["rest"]
    url: rest.HttpUrl = Field(repr=False)
    rows: PathText
    paging: rest.Paging
    map: Literal["dvcqg"] | None = None
    fields: dict[Column, rest.Paths] = Field(default_factory=dict)
    method: Literal["GET", "POST"] = "GET"
    params: dict[Text, Text] = Field(default_factory=dict, repr=False)
    headers: dict[rest.HeaderName, Text] = Field(default_factory=dict, repr=False)
    body: rest.Body | None = Field(default=None, repr=False)
    form: dict[Text, Text] | None = Field(default=None, repr=False)
    auth: rest.Login = None
    total: PathText | None = None
    last: PathText | None = None
    page_size: Count = 200
    timeout: Elapsed = timedelta(seconds=30)
    z_is_local: bool = False
    epoch_ms: bool = False
    deadlines: bool = True
    done_needs_finish: bool | None = None

    def completed(self) -> RestFeed:
        """The same with what its map brings."""
        ready = MAPS.get(self.map or "")
        if ready is None:
            return self
        needs_finish = ready.done_needs_finish if self.done_needs_finish is None else self.done_needs_finish
        return self.model_copy(
            update={
                "fields": {**ready.fields, **self.fields},
                "channel_values": self.channel_values or ready.channel_values,
                "values": self.values.before(ready.values),
                "done_needs_finish": needs_finish,
            }
        )


Feed = Annotated[SheetFeed | OpencpsFeed | IgateFeed | RestFeed, Field(discriminator="type")]
