"""Whether `head@root` leads anywhere: in an organisation where no unit is below another, each is its own root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.commands.doctor_finding import ok, warn

if TYPE_CHECKING:
    from datetime import date

    from alertd.commands.doctor_finding import Found
    from alertd.core.rules import Rules

NAME = "tuyến báo cáo"


def joined(rules: Rules, day: date) -> Found:
    """A warning when steps go to `head@root` and several units are each their own root on a local date."""
    directory = rules.organisation.on(day)
    units = [code for code in rules.organisation.units if directory.living(code) == code]
    if len(units) < 2 or any(directory.line(code) != [code] for code in units):  # noqa: PLR2004 - one has nobody above
        return ok(NAME, "đơn vị cấp trên đã rõ")
    steps = [step.name for policy in rules.policies for step in policy.steps if any(t.where == "root" for t in step.to)]
    if not steps:
        return ok(NAME, "không bước nào báo cho head@root")
    return warn(
        NAME,
        f"không đơn vị nào trực thuộc đơn vị khác, nên bước {', '.join(dict.fromkeys(steps))} (head@root) báo cho người"
        " đứng đầu của chính đơn vị đang giải quyết, không phải cho cấp trên",
        "ghi đơn vị cấp trên cho từng đơn vị: cột 'Trực thuộc' của danh sách, reports_to trong organisation.yaml",
    )
