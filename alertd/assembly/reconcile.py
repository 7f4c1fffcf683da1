"""The comparison with the national evaluation, where it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.config.feeds import RestFeed
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
    copies = {each.name for each in loaded.settings.feeds if isinstance(each, RestFeed) and not each.deadlines}
    feeds = {each.name for each in loaded.settings.feeds} - copies
    return Reconcile(database, loaded.rules, evaluation, feeds)
