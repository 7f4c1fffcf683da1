"""Why an answer is not taken."""

from __future__ import annotations

from alertd.core.errors import InputError


class Refused(InputError):  # noqa: N818 - an answer to a person rather than an error
    """What somebody asked for is not done; the text is one Vietnamese sentence that tells them why."""
