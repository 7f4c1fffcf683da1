"""What a channel is given of a claimed part."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from alertd.channels import Outgoing
from alertd.core.digest import Limits
from alertd.messages import words
from alertd.messages.render import repeated

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import Row

    from alertd.channels import File
    from alertd.core.conversation import Button
    from alertd.core.organisation import Person
    from alertd.store.claims import Claimed

    #: The page and the buttons by which a person can answer a message, given the message's id and the person's.
    Links = Callable[[str, str, datetime], tuple[str | None, tuple[Button, ...]]]

#: A text that leaves so long after it was composed, or on another day, says when that was: it may speak of "hôm nay".
OVERTAKEN_AFTER = timedelta(minutes=30)
DIGEST, REPORT = "digest", "report"
#: Addresses of groups begin so, of Zalo's and of Telegram's: a page there would be everybody's.
GROUPS = ("group:", "-")
#: The step two working days before the due date, at which the slip of apology is owed (DESIGN section 6).
APOLOGY = "apology"
#: The most that every channel takes in one part, as code points and as UTF-16 units.
FITS = Limits(2000, 4096)


def outgoing(claimed: Claimed, person: Person, now: datetime, zone: ZoneInfo, links: Links | None = None) -> Outgoing:
    """The part as it leaves now: marked if it is a repeat or comes long after it was composed, with its links."""
    row = claimed.row
    day = now.astimezone(zone).date()
    overtaken = now - row.created_at > OVERTAKEN_AFTER or row.created_at.astimezone(zone).date() != day
    composed = words.when(row.created_at, now, zone)
    page, buttons = links(row.message, row.person, now) if links and row.kind in (DIGEST, REPORT) else (None, ())
    return Outgoing(
        id=row.id,
        person=person.id,
        person_name=person.name,
        address=claimed.address or None,
        phone=claimed.phone,
        unit=next((post.unit for post in person.posts if day in post.span), None),
        kind=row.kind,
        urgency=row.urgency,
        late=row.late or overtaken,
        text=_with_slip(row, _text(row, overtaken=overtaken, composed=composed), claimed.address, page),
        part=row.part,
        parts=row.parts,
        dossiers=row.dossiers,
        page=page,
        buttons=buttons if row.part == row.parts and row.kind == DIGEST else (),
    )


def with_file(part: Outgoing, file: File | None, largest: int) -> Outgoing:
    """The part with its file, if the channel carries one so large; else its text says where the file is.

    `file` None: its time is over. A group gets no page, for whoever opens it is taken for the person.
    """
    if file is not None and len(file.content) <= largest:
        return replace(part, file=file, page=None)
    page = None if (part.address or "").startswith(GROUPS) else part.page
    name = file.name if file is not None else "báo cáo"
    where = f"Tải tệp {name}: {page}" if page and file is not None else f"Tệp {name}: xin nhận tại Văn phòng."
    return replace(part, text=f"{part.text}\n{where}", page=page)


def _text(row: Row[Any], *, overtaken: bool, composed: str) -> str:
    text = f"{row.text}\n(Tin soạn lúc {composed}, gửi muộn)" if overtaken else row.text
    return repeated(text) if row.repeat else text


def _with_slip(row: Row[Any], text: str, address: str, page: str | None) -> str:
    """Below dossiers whose apology is owed: where the filled-in slip is; left out where it would not fit any more."""
    owed = [dossier["code"] for dossier in row.dossiers if dossier["step"] == APOLOGY]
    if not owed:
        return text
    if page and not address.startswith(GROUPS):
        where = f"Phiếu xin lỗi điền sẵn, xác nhận, giải trình: {page}"
    else:
        where = f"Phiếu xin lỗi điền sẵn: alertd letter apology {owed[0] if len(owed) == 1 else 'MÃ_HỒ_SƠ'}"
    longer = f"{text}\n{where}"
    return longer if FITS.allow(longer) else text
