"""One part of a message as a mail (RFC 5322): plain text, UTF-8, nothing but ASCII on the wire."""

from __future__ import annotations

import hashlib
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

from alertd.core.mailbox import mailbox

if TYPE_CHECKING:
    from datetime import datetime

    from alertd.channels import Outgoing

#: Stands before the address of the page on which the person can answer.
PAGE = "Xác nhận hoặc giải trình tại: "
_PLAIN_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")


def address(text: str) -> Address | None:
    """The mailbox that a text names; None if it names none."""
    found = mailbox(text)
    return None if found is None else Address(display_name=found[0], addr_spec=found[1])


def message_id(part: str, sender: Address) -> str:
    """The Message-ID of a part: the same each time it is sent, so that a mail server knows the repeat."""
    plain = part if _PLAIN_ID.fullmatch(part) else hashlib.sha256(part.encode("utf-8", "replace")).hexdigest()
    return f"<alertd.{plain}@{sender.domain}>"


def letter(part: Outgoing, sender: Address, recipient: Address, now: datetime) -> bytes:
    """Write the mail. The subject is the text's first line, which a lock screen shows; a page's address ends the body.

    A file is attached. Nothing in the text can become a header: line ends and control characters are taken out of the
    subject.
    """
    text = _CONTROL.sub(" ", part.text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode())
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(text.partition("\n")[0].split())
    message["From"] = sender
    message["To"] = recipient
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(part.id, sender)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation notice answers it
    message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    page = f"\n\n{PAGE}{part.page}" if part.page and part.page not in text else ""
    # quoted-printable: no line is too long and none has a byte above 127, whatever the text
    message.set_content(f"{text}{page}\n", charset="utf-8", cte="quoted-printable")
    if part.file is not None:
        kind, _, sub = part.file.media_type.partition("/")
        message.add_attachment(
            part.file.content, maintype=kind, subtype=sub, filename=part.file.name,
            params={"charset": "utf-8"} if kind == "text" else None,
        )  # fmt: skip
    return message.as_bytes()
