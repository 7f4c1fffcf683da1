"""The shape of `privacy:` in alertd.yaml: what is kept of citizens."""

from __future__ import annotations

from typing import Literal

from alertd.config.strict import Strict


class Privacy(Strict):
    """`keep_applicant` is what is kept of the name and phone of whoever filed a dossier (`core.applicant`)."""

    keep_applicant: Literal["none", "masked", "full"] = "masked"
