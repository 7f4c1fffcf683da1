"""`alertd invite`: the link or code by which a person connects Telegram or Zalo; with `--all` a list of them."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertd import assembly
from alertd.commands.options import config_option, configuration, database_of, format_option, say
from alertd.config.nearest import nearest
from alertd.config.times import elapsed
from alertd.core.errors import AlertdError, InputError
from alertd.replies import invite
from alertd.replies.scope import in_office
from alertd.reports import invitations
from alertd.store import addresses, migrate, people

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alertd.config.load import Loaded
    from alertd.core.organisation import Person

CHANNEL_NAMES = {"telegram": "Telegram", "zalo": "Zalo OA", "zalo_bot": "Zalo Bot"}
POSTS = {"head": "Thủ trưởng", "deputy": "Cấp phó", "duty": "Đầu mối", "staff": "Cán bộ"}


@click.command("invite")
@click.argument("person", required=False)
@click.option("--all", "everybody", is_flag=True, help="Mọi người chưa liên kết. / Everybody not connected yet.")
@click.option("--out", type=click.Path(path_type=Path), help="Tệp XLSX cho --all. / The XLSX of --all.")
@click.option("--again", is_flag=True, help="Cả người đã liên kết. / With --all: those who are connected too.")
@click.option(
    "--channel", type=click.Choice(invite.CHANNELS), help="Kênh, mặc định: kênh đầu trong contacts. / Channel."
)
@click.option("--valid", help="Hiệu lực, như 30m, 24h; mặc định: đường dẫn 24h, mã 15m, danh sách 72h. / Valid for.")
@click.option(
    "--disconnect", "cut", is_flag=True, help="Bỏ liên kết và lời mời của người này. / Cut the person's chats instead."
)
@format_option
@config_option
def command(
    person: str | None,
    everybody: bool,
    out: Path | None,
    again: bool,
    channel: str | None,
    valid: str | None,
    cut: bool,
    shape: str,
    folder: Path,
) -> None:
    """Mời một người liên kết Telegram hoặc Zalo. / The link or code by which a person connects.

    Người nhận làm theo lời in ra; mỗi đường dẫn, mã chỉ dùng một lần. Mời lại thì lời mời trước hết hiệu lực.
    """
    if everybody == (person is not None):
        raise click.UsageError("Name one person, or write --all.")
    if everybody and (out is None or cut):
        raise click.UsageError("--all needs --out FILE.xlsx, and goes without --disconnect.")
    if not everybody and (out is not None or again):
        raise click.UsageError("--out and --again belong to --all.")
    loaded = configuration(folder)
    span = _span(valid)
    now = datetime.now(UTC)
    if everybody and out is not None:
        _everybody(loaded, out, channel, span or invite.LIST_VALID, now, again=again)
        return
    found = _person(loaded, person or "", now)
    if cut:
        _cut(loaded, found, channel, now)
        return
    _one(loaded, found, channel, span, shape, now)


def _one(
    loaded: Loaded, person: Person, channel: str | None, span: timedelta | None, shape: str, now: datetime
) -> None:
    chosen = _channel(loaded, person, channel)
    names = _names(loaded, {chosen})
    database = database_of(loaded)
    migrate.upgrade(database)
    span = span or (invite.LINK_VALID if chosen == invite.TELEGRAM else invite.CODE_VALID)
    with database.write() as connection:
        made = invite.invite(connection, person, chosen, names, now, span)
    until = made.expires_at.astimezone(loaded.settings.zone)
    if shape == "json":
        shown = {"person": person.id, "name": person.name, "channel": chosen, "expires_at": until.isoformat(),
                 "text": made.shown, "how": made.how}  # fmt: skip
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    click.echo(f"{person.name} ({person.id}), kênh {CHANNEL_NAMES[chosen]}, đến {until:%H:%M %d/%m/%Y}, dùng một lần:")
    click.echo(f"  {made.shown}")
    click.echo(f"  {made.how}")


def _everybody(loaded: Loaded, out: Path, channel: str | None, span: timedelta, now: datetime, *, again: bool) -> None:
    database = database_of(loaded)
    migrate.upgrade(database)
    configured = loaded.settings.channels.names
    with database.write() as connection:
        skipped = set() if again else _connected(connection)
        wanted = [
            (person, contact.channel)
            for person in loaded.rules.organisation.people.values()
            if in_office(loaded.rules, person.id, now) is not None
            for contact in person.contacts
            if contact.channel in invite.CHANNELS and contact.channel in configured and not contact.address
            and contact.channel == (channel or contact.channel) and (person.id, contact.channel) not in skipped
        ]  # fmt: skip
        if not wanted:
            say("nobody to invite: whoever has a contact to connect is connected; --again invites them anew")
            return
        names = _names(loaded, {each for _, each in wanted})
        made = [invite.invite(connection, person, each, names, now, span) for person, each in dict.fromkeys(wanted)]
        # before the commit: of a list that could not be written nothing is valid
        _write(out, invitations.workbook([_entry(loaded, each, now) for each in made], _local(loaded, now)))
    click.echo(f"{out}: {len(made)} invitations, valid until {_local(loaded, now + span):%H:%M %d/%m/%Y}")
    say(f"{out} lets whoever has it connect as these people: hand it out, then delete it")


def _cut(loaded: Loaded, person: Person, channel: str | None, now: datetime) -> None:
    """End what connects a person: somebody left, or a phone was lost."""
    database = database_of(loaded)
    migrate.upgrade(database)
    with database.write() as connection:
        for each in [channel] if channel else invite.CHANNELS:
            open_ = people.revoke(connection, person.id, each)
            chat = people.disconnect(connection, person.id, each, now)
            if open_ or chat:
                click.echo(f"{person.id}, {CHANNEL_NAMES[each]}: bỏ {int(chat is not None)} liên kết, {open_} lời mời")


def _connected(connection: Connection) -> set[tuple[str, str]]:
    """People with a living chat, and its channel."""
    dead = addresses.dead_addresses(connection)
    return {
        (person, channel)
        for person, chats in people.connected(connection).items()
        for channel, chat in chats.items()
        if not any((person, channel, form) in dead for form in people.forms(channel, chat.address))
    }


def _person(loaded: Loaded, ident: str, now: datetime) -> Person:
    everybody = loaded.rules.organisation.people
    place = loaded.folder / "organisation.yaml"
    if ident not in everybody:
        raise InputError(f"{place}: nobody has the id {ident!r}; {nearest(ident, everybody)}")
    found = in_office(loaded.rules, ident, now)
    if found is None:
        raise InputError(f"{place}: the last post of {ident} has ended; add the post they hold now")
    return found


def _channel(loaded: Loaded, person: Person, wanted: str | None) -> str:
    """The channel to invite to. Raises InputError that says what to write when there is none."""
    place, configured = loaded.folder / "organisation.yaml", loaded.settings.channels.names
    if wanted is not None and wanted not in configured:
        raise InputError(f"{loaded.folder / 'alertd.yaml'}: channels has no {wanted}; add `{wanted}:` to it")
    can = [contact for contact in person.contacts
           if contact.channel in invite.CHANNELS and contact.channel in configured]  # fmt: skip
    to_connect = [contact.channel for contact in can if not contact.address]
    chosen = wanted or next(iter(to_connect), None)
    if chosen is not None and chosen in to_connect:
        return chosen
    if any(contact.channel == (wanted or contact.channel) for contact in can):
        which = wanted or can[0].channel
        raise InputError(f"{place}: the contact of {person.id} on {which} has its address written there already; "
                         "delete it to let the person connect")  # fmt: skip
    which = wanted or next((name for name in invite.CHANNELS if name in configured), invite.TELEGRAM)
    more = "" if which in configured else f", and add `{which}:` to channels in alertd.yaml"
    raise InputError(f"{place}: the contacts of {person.id} do not name {wanted or 'a channel to connect'}; "
                     f"add `- {{channel: {which}}}` to them{more}")  # fmt: skip


def _names(loaded: Loaded, channels: set[str]) -> invite.Names:
    """By what people find the channels. Raises InputError where nobody could connect, or nothing would be answered."""
    place, settings = loaded.folder / "alertd.yaml", loaded.settings.channels
    if assembly.key(loaded) is None:
        raise InputError(f"{place}: without `key:` nothing that people send is answered; "
                         "write `key: ${ALERTD_KEY}`; `openssl rand -hex 32` makes one")  # fmt: skip
    telegram = settings.telegram
    if invite.TELEGRAM in channels and telegram is not None:
        if telegram.name is None:
            raise InputError(f"{place}: channels.telegram has no `name:`; write the bot's user name there, for links")
        if not telegram.answers:
            raise InputError(f"{place}: channels.telegram has `answers: false`; nobody can connect to a bot like that")
    if channels - {invite.TELEGRAM} and (loaded.settings.web is None or not loaded.settings.web.public_url):
        say(f"{place}: warning: without web.public_url Zalo cannot tell alertd what people write, nor their codes")
    return invite.Names(
        telegram=(telegram.name or "").removeprefix("@") if telegram else "",
        zalo=settings.zalo.oa_id or "" if settings.zalo else "",
    )


def _span(text: str | None) -> timedelta | None:
    if text is None:
        return None
    span = elapsed(text)
    if span is None:
        raise InputError(f"--valid: {text!r} is not a time; write 30m or 24h")
    return span


def _entry(loaded: Loaded, made: invite.Invitation, now: datetime) -> invitations.Entry:
    organisation, day = loaded.rules.organisation, loaded.rules.local_date(now)
    posts = [post for post in made.person.posts if day in post.span]
    units = dict.fromkeys(organisation.units[post.unit].name for post in posts if post.unit in organisation.units)
    held = dict.fromkeys(POSTS.get(post.post, post.post) for post in posts)
    return invitations.Entry(
        made.person.name, ", ".join(units), ", ".join(held), CHANNEL_NAMES[made.channel], made.shown,
        _local(loaded, made.expires_at), made.how,
    )  # fmt: skip


def _local(loaded: Loaded, at: datetime) -> datetime:
    return at.astimezone(loaded.settings.zone).replace(tzinfo=None)


def _write(path: Path, content: bytes) -> None:
    """For its owner only: who has the file can connect as anybody in it. Raises AlertdError."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        part.replace(path)
    except OSError as error:
        raise AlertdError(f"{path}: the list cannot be written: {error.strerror}") from None
