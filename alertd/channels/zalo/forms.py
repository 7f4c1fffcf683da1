"""The four forms in which the account can write, by the prefix of the address (delivery reference 1a, 1b and 1d)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alertd.channels.plain import plain
from alertd.channels.zalo import template
from alertd.channels.zalo.codes import Host
from alertd.core.outcome import Outcome, Scope, SendResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alertd.channels import Outgoing

LONGEST_TEXT = 2000
LONGEST_TRACKING_ID = 48
CONSULTATION, BY_USER, BY_PHONE, GROUP = "cs", "uid", "phone", "group"
_PHONE = re.compile(r"84[0-9]{8,11}")


@dataclass(frozen=True, slots=True)
class Call:
    """One request to be made; its body holds a person's address and is in no repr."""

    host: Host
    path: str
    body: dict[str, Any] = field(repr=False)
    template: bool = False


@dataclass(frozen=True, slots=True)
class Forms:
    """How this installation uses the account.

    `pages`: there are signed pages, and templates have a button to them. Without `consultation` a person gets the
    template by user id where free text would be allowed.
    """

    templates: Mapping[str, str]
    pages: bool = False
    consultation: bool = True
    hash_phones: bool = False
    development: bool = False

    def call(self, part: Outgoing) -> Call | SendResult:
        """The request for a part, or why none can be made."""
        form, _, to = (part.address or "").strip().partition(":")
        if form not in {CONSULTATION, BY_USER, BY_PHONE, GROUP} or not to.strip():
            return _refused(
                Outcome.PERM_RECIPIENT, "zalo:no_address", "this person has no Zalo address of a known form"
            )
        to = to.strip()
        if form == CONSULTATION and self.consultation:
            return consultation(to, with_page(part))
        if form == GROUP:
            return group(to, part.text)
        return self._template(part, form, to)

    def _template(self, part: Outgoing, form: str, to: str) -> Call | SendResult:
        filled = template.fill(part, self.templates, pages=self.pages)
        if filled is None:
            # About this message, so that the next contact takes over and the address stays alive for others.
            wanted = template.purpose(part)
            detail = f"channels.zalo.templates has neither `{wanted}` nor `default`"
            return _refused(Outcome.PERM_PAYLOAD, "zalo:no_template", detail)
        body: dict[str, Any] = {"template_id": filled.template_id, "template_data": filled.data}
        if form in {BY_USER, CONSULTATION}:
            return Call(Host.OA, "/v3.0/oa/message/template", {"user_id": to, **body}, template=True)
        phone = number(to)
        if phone is None:
            return _refused(Outcome.PERM_RECIPIENT, "zbs:no_phone", "the phone number is not of the form 84…")
        if len(part.id) > LONGEST_TRACKING_ID:
            return _refused(Outcome.PERM_PAYLOAD, "zbs:tracking_id", "the part's id is longer than Zalo takes")
        body["tracking_id"] = part.id
        if self.development:
            body["mode"] = "development"
        if self.hash_phones:
            hashed = hashlib.sha256(phone.encode()).hexdigest()
            return Call(Host.ZBS, "/message/template/hashphone", {"phone": hashed, **body}, template=True)
        return Call(Host.ZBS, "/message/template", {"phone": phone, **body}, template=True)


def consultation(user_id: str, text: str) -> Call | SendResult:
    """Free text to one person, within seven days of their last word."""
    return _text("/v3.0/oa/message/cs", {"user_id": user_id}, plain(text))


def group(group_id: str, text: str) -> Call | SendResult:
    """Free text to a group. What looks like a mention is taken apart: it would call people by a dossier's title."""
    safe = plain(text)
    while "[@" in safe:  # taking one out may join another
        safe = safe.replace("[@", "")
    return _text("/v3.0/oa/group/message", {"group_id": group_id}, safe)


def with_page(part: Outgoing, longest: int = LONGEST_TEXT) -> str:
    """The text, with the address of the person's page below its last part: where there are no buttons, it stands in.

    Never in a group: whoever holds the address answers as that person. Left out where it would not fit.
    """
    text = plain(part.text)
    if not part.page or part.part != part.parts or part.page in text:
        return text
    longer = f"{text}\nXác nhận, giải trình: {part.page}"
    return longer if len(longer) <= longest else text


def number(text: str) -> str | None:
    """A phone number as Zalo takes it, `84…`; from `+84…` and `0…` too. None if it is none."""
    digits = re.sub(r"[\s.()+-]", "", text)
    if digits.startswith("0"):
        digits = "84" + digits[1:]
    return digits if _PHONE.fullmatch(digits) else None


def _text(path: str, recipient: dict[str, str], text: str) -> Call | SendResult:
    if not text.strip():
        return _refused(Outcome.PERM_PAYLOAD, "zalo:empty", "there is no text")
    if len(text) > LONGEST_TEXT:  # Zalo would refuse it whole (-210)
        return _refused(Outcome.PERM_PAYLOAD, "zalo:too_long", f"{len(text)} characters, Zalo takes {LONGEST_TEXT}")
    return Call(Host.OA, path, {"recipient": recipient, "message": {"text": text}})


def _refused(outcome: Outcome, code: str, detail: str) -> SendResult:
    scope = Scope.RECIPIENT if outcome is Outcome.PERM_RECIPIENT else Scope.MESSAGE
    return SendResult(outcome, code=code, detail=detail, scope=scope)
