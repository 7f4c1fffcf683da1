"""Every failure a person may see: one sentence that says what, where and what to do."""

from __future__ import annotations


class AlertdError(Exception):
    """Something went wrong that a person can act on; exit code 1."""

    exit_code = 1


class InputError(AlertdError):
    """What was given cannot be used: a file, an option, a configuration; exit code 2."""

    exit_code = 2


class FeedError(AlertdError):
    """A feed could not be read whole; nothing of this poll was taken."""


class FeedInputError(FeedError):
    """A file of a feed cannot be understood; exit code 2."""

    exit_code = 2


class StoreError(AlertdError):
    """The database cannot be used as it is."""


class PassedOnError(StoreError):
    """The work is another process's by now, or the rules are; nothing of it was written."""


class CalendarError(InputError):
    """A calendar has no working time where some was asked for."""
