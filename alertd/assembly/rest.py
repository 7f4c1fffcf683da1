"""From the settings of a `rest` feed to its adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.config import rest as parts
from alertd.core.applicant import Keep
from alertd.feeds.answers import Answers
from alertd.feeds.dates import Dates
from alertd.feeds.filing import own_values
from alertd.feeds.keycloak import grant
from alertd.feeds.login import Basic, Fixed
from alertd.feeds.paging import ByMark, ByNumber, ByOffset, Whole
from alertd.feeds.rest import Grant, Request, RestFeed, Shape
from alertd.feeds.rest_dossier import Dossiers
from alertd.feeds.statuses import Statuses

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from alertd.config.feeds import RestFeed as Settings
    from alertd.feeds.login import Auth
    from alertd.feeds.paging import Paging


def rest(settings: Settings, zone: ZoneInfo, keep_applicant: Keep = Keep.NONE) -> RestFeed:
    """The adapter of one feed; `zone` is that of times without an offset unless the feed has its own."""
    whole = settings.completed()
    reader = Dossiers(
        whole.fields,
        Dates(whole.zone or zone, z_is_local=whole.z_is_local, epoch_ms=whole.epoch_ms),
        Statuses.of(whole.statuses),
        own_values(whole.channel_values),
        Answers.of({field: places for field, places in whole.values if places}),
        due_midnight=whole.due_midnight,
        deadlines=whole.deadlines,
        done_needs_finish=bool(whole.done_needs_finish),
        keep_applicant=keep_applicant,
    )
    return RestFeed(
        whole.name,
        whole.url,
        shape=Shape(whole.rows, whole.rows.text, whole.total, whole.last),
        reader=reader,
        paging=_paging(whole.paging),
        request=Request(
            whole.method,
            whole.params,
            whole.headers,
            whole.body,
            whole.form,
            paged_body=whole.paging is not None and whole.paging.place == "body",
        ),
        auth=_auth(whole.auth),
        grant=_grant(whole.auth),
        page_size=whole.page_size,
        timeout=whole.timeout.total_seconds(),
    )


def _paging(settings: parts.Paging) -> Paging:
    if settings is None:
        return Whole()
    if isinstance(settings, parts.PagePaging):
        return ByNumber(settings.parameter, settings.size, settings.first)
    if isinstance(settings, parts.OffsetPaging):
        return ByOffset(settings.parameter, settings.size)
    parameter = settings.parameter if isinstance(settings, parts.CursorPaging) else None
    return ByMark(settings.next, parameter, settings.size)


def _auth(settings: parts.Login) -> Auth | None:
    if isinstance(settings, parts.BasicLogin):
        return Basic(settings.username, settings.password.reveal())
    if isinstance(settings, parts.BearerLogin):
        return Fixed("Authorization", f"Bearer {settings.token.reveal()}")
    if isinstance(settings, parts.HeaderLogin):
        return Fixed(settings.name, settings.secret.reveal())
    return None


def _grant(settings: parts.Login) -> Grant | None:
    if not isinstance(settings, parts.OauthLogin):
        return None
    secret = settings.client_secret.reveal() if settings.client_secret else ""
    password = settings.password.reveal() if settings.password else ""
    scope = {"scope": settings.scope} if settings.scope else {}
    return Grant(settings.token_url, {**grant(settings.client_id, secret, settings.username or "", password), **scope})
