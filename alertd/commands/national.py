"""What `status` says of the comparison with the national evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alertd.store import national

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from alertd.config.load import Loaded


def compared(connection: Connection, loaded: Loaded) -> dict[str, Any] | None:
    """The last comparison and why the last try failed, if it did; None before the first."""
    row = national.last(connection)
    if row is None:
        return None
    zone = loaded.settings.zone
    units = loaded.rules.organisation.units
    return {
        "tried_at": row.tried_at.astimezone(zone).isoformat(),
        "error": row.error,
        "made_at": row.made_at.astimezone(zone).isoformat() if row.made_at else None,
        "year": row.year,
        "units": [
            {**each, "name": units[each["unit"]].name if each["unit"] in units else each["unit"],
             "difference": each["national"] - each["own"]}
            for each in row.units
        ],
    }  # fmt: skip


def lines(found: dict[str, Any] | None) -> Iterator[str]:
    """The same for a terminal: the units that differ, and how many agree."""
    if found is None:
        return
    if found["error"]:
        yield f"đối chiếu quốc gia: lần thử lúc {found['tried_at'][:19]} không được · {found['error']}"
    if found["made_at"] is None:
        return
    unlike = [each for each in found["units"] if each["difference"]]
    yield (
        f"đối chiếu quốc gia: tiếp nhận năm {found['year']}, lúc {found['made_at'][:19]}; "
        f"{len(found['units']) - len(unlike)} đơn vị khớp, {len(unlike)} đơn vị lệch"
    )
    for each in unlike:
        yield (
            f"đối chiếu quốc gia: {each['name']}: quốc gia {each['national']}, tại đây {each['own']}"
            f" (lệch {each['difference']:+d})"
        )
