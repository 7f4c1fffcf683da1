"""One call for one part, through a Zalo Official Account (delivery reference 1a, 1b, 1d and 7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from alertd.channels import transport, wire
from alertd.channels.plain import pieces
from alertd.channels.zalo import answers, forms, hours
from alertd.channels.zalo.codes import Host
from alertd.channels.zalo.forms import Call, Forms
from alertd.core.errors import StoreError
from alertd.core.outcome import Outcome, Scope, SendResult

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from alertd.channels import Outgoing
    from alertd.channels.zalo.answers import Quota
    from alertd.channels.zalo.tokens import Tokens
    from alertd.core.conversation import Reply
    from alertd.core.grant import Grant

#: The share of a day's templates that is kept for high and critical alerts (reference 7.5).
QUOTA_RESERVE = 0.1
#: How long Zalo's word that a message arrived is waited for, before an unknown outcome has consequences (7.4).
RECEIPT_WAIT = timedelta(minutes=10)
#: When a lost exchange of tokens is tried again, and so a message that waits for it.
TOKEN_WAIT = timedelta(seconds=30)
PIECE = 1900


class ZaloChannel:
    """Sends through one account, in the form that the address names: `cs:`, `uid:`, `phone:` or `group:` and an id.

    `forms` says how templates and phone numbers are used. `timeout` is in seconds of silence, and one request takes at
    most twice as long; a refused token adds one exchange and one request. `now` returns an aware instant.
    """

    name = "zalo"
    #: The account's interface has no message with a file (delivery reference 1a).
    largest_file = 0

    def __init__(
        self,
        tokens: Tokens,
        forms: Forms,
        *,
        now: Callable[[], datetime],
        base_url: str = "https://openapi.zalo.me",
        phone_url: str = "https://business.openapi.zalo.me",
        timeout: float = 8.0,
    ) -> None:
        self.tokens = tokens
        self._forms = forms
        self._now = now
        self._urls = {Host.OA: base_url.rstrip("/"), Host.ZBS: phone_url.rstrip("/")}
        self._longest = 2 * timeout
        self._http = wire.client(timeout)
        self._quotas: dict[Host, tuple[date, Quota]] = {}

    async def send(self, part: Outgoing) -> SendResult:
        """Send one part.

        A template of normal urgency gets QUOTA without a call while less than a tenth of the day's templates is left,
        as the last answer told: the rest is for alerts at or after the due date.
        """
        call = self._forms.call(part)
        if isinstance(call, SendResult):
            return call
        if call.template and part.urgency == "normal" and self._is_scarce(call.host):
            return SendResult(
                Outcome.QUOTA,
                code=f"{call.host}:reserved",
                detail="less than a tenth of the day's templates is left, kept for overdue dossiers",
                retry_at=hours.next_day(self._now()),
            )
        return await self._send(call, part.id)

    async def answer(self, address: str, reply: Reply) -> SendResult:
        """Answer a person who has just written, in as many messages as the text takes; there are no buttons.

        `address` is a user's id, or `group:` and a group's; the first message that is not accepted is the last.
        """
        form, _, to = address.rpartition(":")
        result = SendResult(Outcome.ACCEPTED)
        for piece in pieces(reply.text, PIECE):
            call = forms.group(to, piece) if form == forms.GROUP else forms.consultation(to, piece)
            result = call if isinstance(call, SendResult) else await self._send(call, "")
            if result.outcome is not Outcome.ACCEPTED:
                break
        return result

    async def probe(self) -> SendResult:
        """Ask for the account's own data: whether the token works and Zalo answers. Nothing is sent to anyone."""
        return certain(await self._send(Call(Host.OA, "/v2.0/oa/getoa", {}), "", method="GET"))

    def receipt_wait(self, address: str) -> timedelta | None:
        """How long a delivery receipt may settle an unknown outcome: only templates by phone have one (7.4)."""
        return RECEIPT_WAIT if address.startswith(f"{forms.BY_PHONE}:") else None

    async def close(self) -> None:
        """Close the connections, after an exchange of tokens under way has ended."""
        await self.tokens.close()
        await self._http.aclose()

    async def _send(self, call: Call, part_id: str, *, method: str = "POST") -> SendResult:
        """Call once; a refused token is renewed once and the call made once more (reference 7.7, point 7)."""
        try:
            grant = await self.tokens.current()
            if grant is None:
                return self._without_token(call, "no_token")
            result = await self._call(call, grant, part_id, method)
            if result.outcome is not Outcome.AUTH:
                return result
            newer = await self.tokens.renew(grant)
        except StoreError:
            # Refused or not yet made: in either case nothing was sent.
            return SendResult(Outcome.TRANSIENT, code="zalo:store", detail="the tokens cannot be read or kept now")
        except Exception as error:  # noqa: BLE001 - a channel classifies, it never raises
            return transport.classify(error, call.host)
        if newer is None:
            return self._without_token(call, result.code.partition(":")[2])
        again = await self._call(call, newer, part_id, method)
        return replace(again, outcome=Outcome.CHANNEL_DOWN) if again.outcome is Outcome.AUTH else again

    async def _call(self, call: Call, grant: Grant, part_id: str, method: str) -> SendResult:
        url, headers = self._urls[call.host] + call.path, {"access_token": grant.access}
        body: Mapping[str, Any] = {"json": call.body} if method == "POST" else {}
        try:
            heard = await wire.call(self._http, method, url, self._longest, headers=headers, **body)
        except Exception as error:  # noqa: BLE001 - a channel classifies, it never raises
            return transport.classify(error, call.host)
        now = self._now()
        result = answers.classify(call.host, heard, now, part_id=part_id, template=call.template, secret=grant.access)
        if call.template and (told := answers.quota(heard)) is not None:
            self._quotas[call.host] = (now.astimezone(hours.ZONE).date(), told)
        return result

    def _without_token(self, call: Call, code: str) -> SendResult:
        if self.tokens.needs_human:
            detail = self.tokens.trouble or "the token was refused"
            return SendResult(Outcome.CHANNEL_DOWN, code=f"{call.host}:{code}", detail=detail, scope=Scope.CHANNEL)
        return SendResult(
            Outcome.TRANSIENT,
            code=f"{call.host}:{code}",
            detail="the token was refused and could not be exchanged yet",
            retry_at=self._now() + TOKEN_WAIT,
            scope=Scope.CHANNEL,
        )

    def _is_scarce(self, host: Host) -> bool:
        day, told = self._quotas.get(host, (None, None))
        if told is None or day != self._now().astimezone(hours.ZONE).date():
            return False  # a new day has a new quota
        return told.remaining < QUOTA_RESERVE * told.daily


def certain(result: SendResult) -> SendResult:
    """The same for a question, which sends nothing to anyone: no answer is no success, and nothing is unknown."""
    return replace(result, outcome=Outcome.TRANSIENT) if result.outcome is Outcome.UNKNOWN else result
