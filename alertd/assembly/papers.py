"""From the settings of the issuing agency to what stands on its papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.reports.agency import BLANK, Agency

if TYPE_CHECKING:
    from alertd.config.settings import Agency as AgencySettings


def agency(settings: AgencySettings | None) -> Agency:
    """Who issues; where nothing is written, a blank to be filled in by hand."""
    if settings is None:
        return Agency()
    return Agency(
        parent=settings.parent or "",
        name=settings.name or BLANK,
        place=settings.place or BLANK,
        number=settings.number,
        signer_title=settings.signer_title,
        signer=settings.signer or "",
        recipients=settings.recipients,
    )
