"""The comparison with the national evaluation, where it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.assembly.feeds import without_deadlines
from alertd.feeds.national import NationalEvaluation
from alertd.jobs.reconcile import Reconcile

if TYPE_CHECKING:
    from alertd.config.load import Loaded
    from alertd.store.database import Database


def reconcile(loaded: Loaded, database: Database) -> Reconcile | None:
    """The job; None when `reconcile` is off."""
    settings = loaded.settings.reconcile
    if settings is None:
        return None
    evaluation = NationalEvaluation(settings.url, settings.department, timeout=settings.timeout.total_seconds())
    return Reconcile(database, loaded.rules, evaluation, without_deadlines(loaded))
