"""Zalo's error codes, as tables (delivery reference 1a and 1b). What a code means depends on the host that gave it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from alertd.core.outcome import Outcome, Scope


class Again(StrEnum):
    """When to come back after an answer that asks for it."""

    NEXT_MINUTE = "next_minute"
    NEXT_HOUR = "next_hour"
    #: 06:05 of the next day in Vietnam, when quotas are new.
    NEXT_DAY = "next_day"
    #: 06:05 in Vietnam after this night, spread over ten minutes.
    AFTER_NIGHT = "after_night"


class Row(NamedTuple):
    """One code: its class, what it speaks about, what it says."""

    code: int
    outcome: Outcome
    scope: Scope
    meaning: str
    again: Again | None = None


_BUG = (Outcome.PERM_PAYLOAD, Scope.MESSAGE)
_PERSON = (Outcome.PERM_RECIPIENT, Scope.RECIPIENT)
_GROUP = (Outcome.PERM_RECIPIENT, Scope.GROUP)
_DOWN = (Outcome.CHANNEL_DOWN, Scope.CHANNEL)
_AUTH = (Outcome.AUTH, Scope.CHANNEL)
_TRANSIENT = (Outcome.TRANSIENT, Scope.MESSAGE)

#: openapi.zalo.me
OA = (
    Row(-32, Outcome.RATE_LIMITED, Scope.CHANNEL, "the application's or the account's rate is used up",
        Again.NEXT_MINUTE),
    Row(-200, *_TRANSIENT, "sending failed"),
    Row(-201, *_BUG, "a parameter is invalid"),
    Row(-204, *_DOWN, "the account is disabled"),
    Row(-205, *_DOWN, "the account does not exist"),
    Row(-209, *_DOWN, "the application is not activated"),
    Row(-210, *_BUG, "a parameter is longer than allowed"),
    Row(-211, Outcome.QUOTA, Scope.CHANNEL, "the feature's quota is used up", Again.NEXT_DAY),
    Row(-212, *_DOWN, "the application is not registered for this API"),
    Row(-213, *_PERSON, "the person does not follow the account"),
    Row(-216, *_AUTH, "the access token is invalid"),
    Row(-217, *_PERSON, "the person blocked the account's invitations"),
    # The period of this quota is not documented: asked again after an hour.
    Row(-218, Outcome.DEFER, Scope.RECIPIENT, "this person has been sent as much as is allowed", Again.NEXT_HOUR),
    Row(-219, *_DOWN, "the application was removed"),
    Row(-220, *_AUTH, "the access token has expired or was removed"),
    Row(-221, *_DOWN, "the account must be verified first"),
    Row(-223, *_DOWN, "the account has not authorised this"),
    Row(-224, *_DOWN, "the account's package does not include this"),
    Row(-227, *_PERSON, "the person is banned, or inactive for more than 45 days"),
    Row(-230, *_PERSON, "the person has not been in touch for seven days"),
    Row(-232, *_PERSON, "the conversation with the person has expired"),
    Row(-233, *_BUG, "this type of message is invalid"),
    Row(-234, Outcome.DEFER, Scope.MESSAGE, "not to be sent between 22:00 and 06:00", Again.AFTER_NIGHT),
    Row(-235, *_DOWN, "this API is not for this type of account"),
    Row(-237, *_GROUP, "the group is disabled: its package has expired"),
    Row(-240, *_BUG, "this way of sending was shut down"),
    Row(-242, *_DOWN, "appsecret_proof is wrong"),
    Row(-244, *_PERSON, "the person restricted this type of message"),
    Row(-248, *_BUG, "the content is against Zalo's policy"),
    Row(-249, *_BUG, "this template cannot be sent by user id"),
    Row(-320, *_DOWN, "a Zalo Cloud Account must be connected"),
    Row(-321, *_DOWN, "the Zalo Cloud Account has run out of money"),
    Row(-403, *_GROUP, "the account is not in this group"),
)  # fmt: skip

#: business.openapi.zalo.me, and templates sent by user id
ZBS = (
    Row(-100, *_TRANSIENT, "an unknown error"),
    Row(-108, *_PERSON, "the phone number is invalid"),
    Row(-109, *_BUG, "the template is invalid"),
    Row(-110, *_PERSON, "the person's Zalo is too old for this"),
    Row(-111, *_BUG, "the template has no data"),
    Row(-112, *_BUG, "the template's data are invalid"),
    Row(-1121, *_BUG, "a parameter of the template is missing"),
    Row(-1122, *_BUG, "a parameter of the template is too long or of another type"),
    Row(-1124, *_BUG, "a parameter of the template is malformed"),
    Row(-113, *_BUG, "the button is invalid"),
    Row(-114, *_PERSON, "the person does not receive such messages"),
    Row(-115, *_DOWN, "the balance is used up"),
    Row(-116, *_BUG, "the text is invalid"),
    Row(-117, *_DOWN, "the account may not use this template"),
    Row(-118, *_PERSON, "there is no such Zalo account, or it was closed"),
    Row(-119, *_PERSON, "the person's account cannot receive messages"),
    Row(-120, *_DOWN, "the account may not use this"),
    Row(-121, *_BUG, "the template has no content"),
    Row(-122, *_BUG, "the request's body is malformed"),
    Row(-124, *_AUTH, "the access token is invalid"),
    Row(-130, *_BUG, "the message is longer than allowed"),
    Row(-131, *_DOWN, "the template is not approved"),
    Row(-132, *_BUG, "a parameter is invalid"),
    Row(-133, Outcome.DEFER, Scope.MESSAGE, "not to be sent between 22:00 and 06:00", Again.AFTER_NIGHT),
    Row(-135, *_DOWN, "the account may not send such messages"),
    Row(-1351, *_DOWN, "the account was barred from such messages"),
    Row(-136, *_DOWN, "a Zalo Cloud Account must be connected"),
    Row(-137, *_DOWN, "the Zalo Cloud Account could not be charged"),
    Row(-138, *_DOWN, "the application may not use this"),
    Row(-1381, *_DOWN, "the application is not connected to the Zalo Cloud Account"),
    Row(-139, *_PERSON, "the person refused this type of message"),
    Row(-140, *_PERSON, "the person refused messages of the account"),
    Row(-141, *_PERSON, "the person refused the account"),
    Row(-144, Outcome.QUOTA, Scope.CHANNEL, "the account's quota of the day is used up", Again.NEXT_DAY),
    Row(-1441, Outcome.QUOTA, Scope.CHANNEL, "the account's quota of the month is used up", Again.NEXT_DAY),
    Row(-145, *_DOWN, "this type of template is not permitted"),
    Row(-146, *_DOWN, "the template was disabled for its quality"),
    Row(-147, Outcome.QUOTA, Scope.MESSAGE, "the template's quota of the day is used up", Again.NEXT_DAY),
    Row(-1471, Outcome.QUOTA, Scope.RECIPIENT, "the person's quota is used up", Again.NEXT_DAY),
    Row(-1472, Outcome.QUOTA, Scope.RECIPIENT, "the person's quota is used up", Again.NEXT_DAY),
)


class Host(StrEnum):
    """Which host answered: also the prefix of its codes."""

    OA = "zoa"
    ZBS = "zbs"


_OA = {row.code: row for row in OA}
_ZBS = {row.code: row for row in ZBS}


def row(host: Host, code: int, *, template: bool) -> Row | None:
    """What a code means; None for one that is in no table.

    A template sent by user id passes through both systems, and no code is in both tables: there the OA's own code
    counts first, a template's second.
    """
    if host is Host.ZBS:
        return _ZBS.get(code)
    return _OA.get(code) or (_ZBS.get(code) if template else None)
