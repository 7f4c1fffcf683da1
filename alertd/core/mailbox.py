"""Mail addresses: which texts name a mailbox that any mail server takes (RFC 5321 4.1.2, no quotes, no literals)."""

from __future__ import annotations

import re

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})*")
_NAMED = re.compile(r"([^<>\r\n]*)<([^<>\s]+)>")
#: RFC 5321 4.5.3.1.
_LONGEST_LOCAL, _LONGEST = 64, 254


def mailbox(text: str) -> tuple[str, str] | None:
    """Read `ten@co-quan.gov.vn` or `Tên <ten@co-quan.gov.vn>` as (name, address); None if it names no such mailbox."""
    found = _NAMED.fullmatch(text.strip())
    name, address = (found[1].strip().strip('"').strip(), found[2]) if found else ("", text.strip())
    too_long = len(address) > _LONGEST or len(address.partition("@")[0]) > _LONGEST_LOCAL
    return None if too_long or not _ADDRESS.fullmatch(address) else (name, address)
