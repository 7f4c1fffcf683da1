"""The whole configuration, usable or refused whole."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from alertd.config import compile as compiling
from alertd.config.feeds import SheetFeed
from alertd.config.findings import ConfigError, Finding
from alertd.config.reading import ALERTD, Reading, read_folder, read_texts
from alertd.config.salvage import salvage
from alertd.config.secrets import FOLDER
from alertd.config.settings import Settings
from alertd.core.errors import InputError

if TYPE_CHECKING:
    from alertd.config.calendar import CalendarModel
    from alertd.config.secrets import Unset
    from alertd.core.rates.goals import Goal
    from alertd.core.rules import Rules


@dataclass(frozen=True, eq=False)
class Loaded:
    """A configuration that can be worked with.

    `text` maps each file's name to what was read, `digest` is their common hash; `unset` lists `${NAME}` that are set
    nowhere, which only `run` refuses (`require_secrets`).
    """

    folder: Path
    settings: Settings
    rules: Rules
    calendar: CalendarModel
    goals: tuple[Goal, ...]
    text: dict[str, str]
    digest: str
    unset: list[Unset]
    findings: list[Finding]

    def require_secrets(self) -> None:
        """Raise InputError with one line per `${NAME}` that is set nowhere."""
        if self.unset:
            lines = [
                f"{item.file}:{item.line}:{item.column}: ${{{item.name}}} is not set; "
                f"export {item.name}, or put a file of that name into {FOLDER}/ or the credentials folder"
                for item in self.unset
            ]
            raise InputError("\n".join(lines))


def load(folder: Path) -> Loaded:
    """Read and compile a configuration folder; raises ConfigError with every structural fault at once."""
    return loaded(read_folder(Path(folder)))


def load_texts(texts: dict[str, str], folder: Path = Path("config")) -> Loaded:
    """The same from the texts of an earlier configuration, as `Loaded.text` has them; raises ConfigError."""
    return loaded(read_texts(texts, Path(folder)))


def loaded(reading: Reading) -> Loaded:
    """Compile what was read; raises ConfigError when it has a structural fault."""
    findings = sorted(set(reading.findings))
    settings, calendar = reading.settings, reading.calendar
    organisation, escalation = reading.organisation, reading.escalation
    targets = reading.targets.targets if reading.targets is not None else ()
    faulty = any(finding.is_fault for finding in findings)
    if faulty or settings is None or calendar is None or organisation is None or escalation is None:
        raise ConfigError(findings)
    settings = _with_zone(settings)
    return Loaded(
        folder=reading.folder,
        settings=settings,
        rules=compiling.rules(settings.timezone, calendar, organisation, escalation, settings.admin),
        calendar=calendar,
        goals=tuple(compiling.goal(model) for model in targets),
        text=dict(reading.texts),
        digest=digest(reading.texts),
        unset=list(reading.unset),
        findings=findings,
    )


def settings_of(folder: Path) -> Settings:
    """alertd.yaml, as far as it can be read, whatever is wrong with the rest. Raises ConfigError without a storage."""
    reading = read_folder(Path(folder))
    if reading.settings is not None:
        return reading.settings
    source = reading.sources.get(ALERTD)
    found = salvage(source, Settings) if source is not None and source.has("storage", "url") else None
    if found is None or (source is not None and found.storage.url != source.values["storage"]["url"]):
        raise ConfigError(sorted(set(reading.findings)))
    return found


def digest(texts: dict[str, str]) -> str:
    """A hash of all files: equal means the same configuration, letter by letter."""
    return sha256("\x00".join(f"{name}\x01{texts[name]}" for name in sorted(texts)).encode()).hexdigest()


def _with_zone(settings: Settings) -> Settings:
    """Instants written without an offset are in the configured zone."""
    feeds = tuple(
        feed.model_copy(update={"as_of": feed.as_of.replace(tzinfo=feed.zone or settings.timezone)})
        if isinstance(feed, SheetFeed) and feed.as_of is not None and feed.as_of.tzinfo is None
        else feed
        for feed in settings.feeds
    )
    return settings.model_copy(update={"feeds": feeds})
