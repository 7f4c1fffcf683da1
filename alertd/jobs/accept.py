"""Accept: a configuration begins to run, and what it changes applies from that instant on (DESIGN section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.config.edits import difference
from alertd.config.load import load_texts
from alertd.core.applicant import Keep
from alertd.core.errors import InputError
from alertd.log import get
from alertd.store import addresses, applicants, configurations, marks, replan
from alertd.store.configurations import Version

if TYPE_CHECKING:
    from datetime import datetime

    from alertd.config.load import Loaded
    from alertd.core.rules import Rules
    from alertd.store.database import Database

log = get("accept")
#: Stands while open dossiers are planned anew: after a crash in between some have the new plan and some the old one.
PLANNING = "planning"


def accept(database: Database, loaded: Loaded, now: datetime, author: str = "") -> bool:
    """Make a configuration the one that runs; False when it is the one that ran last. `author` is who wrote it.

    Whoever calls lets nothing else decide meanwhile. After a crash it is called again, with this configuration or with
    another one, and plans everything that is open anew.
    """
    with database.read() as connection:
        before = configurations.latest(connection)
        halfway = marks.mark(connection, PLANNING) is not None
    if before is not None and before.digest == loaded.digest and not halfway:
        return False
    same = before is not None and before.digest == loaded.digest
    earlier = _read(before.files, loaded) if before is not None else None
    old = earlier.rules if earlier is not None else None
    diff = difference(before.files, loaded.text) if before is not None else ""
    with database.write() as connection:
        marks.set_mark(connection, PLANNING, now)
    count = replan.replan(database, old, loaded.rules, now)
    edited = _edited_contacts(old, loaded.rules) if old is not None else []
    with database.write() as connection:
        revived = addresses.revive(connection, edited, now) if edited else 0
        if earlier is None or earlier.settings.privacy != loaded.settings.privacy:
            applicants.bring_down(connection, Keep(loaded.settings.privacy.keep_applicant))
        if not same:
            configurations.accept(connection, Version(loaded.digest, loaded.text, author, diff), now)
        marks.forget(connection, PLANNING)
    log.info("configuration accepted", first=before is None, replanned=count, sent_again=revived)
    return True


def _edited_contacts(old: Rules, new: Rules) -> list[str]:
    """People who are new, or have other contacts than before."""
    before = old.organisation.people
    return [
        person.id
        for person in new.organisation.people.values()
        if person.id not in before or person.contacts != before[person.id].contacts
    ]


def _read(files: dict[str, str], loaded: Loaded) -> Loaded | None:
    try:
        return load_texts(files, loaded.folder)
    except InputError as error:
        log.warning("the earlier configuration cannot be read any more", reason=str(error).splitlines()[0])
        return None
