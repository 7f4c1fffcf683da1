"""The shape of `feeds:` in alertd.yaml, told apart by `type` (DESIGN sections 5 and 6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainValidator

from alertd.config.strict import Strict
from alertd.config.values import (
    Age,
    Code,
    Count,
    Elapsed,
    OneOrMany,
    SecretText,
    Text,
    Zone,
    http_url,
    instant,
    one_of,
)
from alertd.core.dossier import Filing, Phase
from alertd.core.freshness import MaxAge

PhaseName = Annotated[str, one_of(Phase)]
FilingName = Annotated[str, one_of(Filing)]
#: What a column can be of (`alertd.core.dossier.Observation`); `officer` may name several, `due_at` be a bare date.
COLUMNS = (
    "key", "code", "status", "unit", "received_unit", "officer", "procedure_code", "procedure", "field", "channel",
    "submitted_at", "received_at", "due_at", "finished_at", "returned_at", "url",
)  # fmt: skip
Column = Annotated[str, one_of(COLUMNS)]


class FeedBase(Strict):
    """What every feed has."""

    name: Code
    scope: Literal["all", "open", "part"] = "part"
    every: Elapsed = timedelta(minutes=5)
    max_age: Age = MaxAge(elapsed=timedelta(hours=1))
    due_midnight: Literal["date", "exact"] | None = None
    zone: Zone | None = None
    channel_values: dict[FilingName, Annotated[tuple[Text, ...], OneOrMany]] = Field(default_factory=dict)
    statuses: dict[PhaseName, Annotated[tuple[Text, ...], OneOrMany]] = Field(default_factory=dict)
    accept_smaller: bool = False
    accept_changed: bool = False


class SheetFeed(FeedBase):
    """Exports in a drop folder: CSV, XLSX, XLS."""

    type: Literal["sheet"]
    path: Text
    columns: dict[Column, Text] = Field(default_factory=dict)
    max_age: Age = MaxAge(working_days=1)
    as_of: Annotated[datetime | None, PlainValidator(instant, json_schema_input_type=str)] = None
    encoding: Text | None = None
    worksheet: Text | None = None

    def pattern(self, folder: Path) -> Path:
        """The files to read: absolute, or relative to the configuration folder."""
        return Path(folder, self.path)


class OpencpsFeed(FeedBase):
    """OpenCPS v2 over REST, one call per group."""

    type: Literal["opencps"]
    url: Annotated[Text, AfterValidator(http_url)] = Field(repr=False)
    groups: Annotated[tuple[Text, ...], OneOrMany, Field(min_length=1)]
    username: Text | None = Field(default=None, repr=False)
    password: SecretText | None = None
    page_size: Count = 200
    timeout: Elapsed = timedelta(seconds=30)


Feed = Annotated[SheetFeed | OpencpsFeed, Field(discriminator="type")]
