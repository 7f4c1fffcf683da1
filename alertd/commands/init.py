"""`alertd init`: a few questions, and a working configuration in an empty folder; then the providers are asked."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import shutil
import sys
import tempfile
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from alertd import assembly
from alertd.commands import doctor_units, init_office, init_settings
from alertd.commands.check import everything
from alertd.commands.doctor_finding import State
from alertd.commands.drill import tried
from alertd.commands.feed_block import block
from alertd.commands.feed_words import EN, VI
from alertd.commands.init_ask import Asking
from alertd.commands.init_office import Office, Person
from alertd.commands.options import config_option, database_of, say
from alertd.config import shipped
from alertd.config.findings import language
from alertd.config.load import load
from alertd.config.load import loaded as loaded_of
from alertd.config.reading import read_folder, shown
from alertd.config.secrets import FOLDER, place_of
from alertd.core.errors import InputError
from alertd.core.outcome import Outcome
from alertd.feeds.guess import guessed
from alertd.feeds.sheet import content, digest_of, unopened
from alertd.store import migrate

if TYPE_CHECKING:
    from alertd.config.load import Loaded
    from alertd.core.outcome import SendResult
    from alertd.store.database import Database

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PATIENCE = timedelta(seconds=30)
KEY = "ALERTD_KEY"
FEEDS = ("sheet", "opencps", "igate")


@click.command("init")
@click.option("--feed", type=click.Choice(FEEDS), help="Nguồn hồ sơ. / Where dossiers come from.")
@click.option("--file", "sample", type=click.Path(path_type=Path), help="Một tệp trích xuất thật. / A real export.")
@click.option("--portal", "portal", multiple=True, metavar="KEY=VALUE",
              help="url, username, groups, sso, client_id của cổng. / What the portal needs.")  # fmt: skip
@click.option("--office", "office_file", type=click.Path(path_type=Path), metavar="FILE.xlsx",
              help="Danh sách đơn vị và người. / Units and people.")  # fmt: skip
@click.option("--office-name", help="Tên cơ quan, khi không có danh sách. / The office's name, without a list.")
@click.option("--admin-contact", "contact", multiple=True, metavar="KEY=VALUE",
              help="phone, email, telegram của quản trị, nếu không có danh sách. / The admin's.")  # fmt: skip
@click.option("--admin", help="Mã người quản trị hệ thống. / The admin, by id.")
@click.option("--channel", "channels", type=click.Choice(list(init_settings.SECRETS)), multiple=True,
              help="Kênh gửi, theo thứ tự thử. / Channels, in the order in which they are tried.")  # fmt: skip
@click.option("--set", "settings", multiple=True, metavar="CHANNEL.KEY=VALUE",
              help="Khóa của một kênh: zalo.app_id=… / A key of a channel.")  # fmt: skip
@click.option("--storage", metavar="URL",
              help="Cơ sở dữ liệu; mặc định var/DIR.db. / The database; default var/DIR.db.")  # fmt: skip
@click.option(
    "--no-questions", is_flag=True, help="Không hỏi: thiếu là lỗi. / Ask nothing; what is missing is an error."
)
@click.option("--no-send", is_flag=True, help="Không gọi nhà cung cấp, không gửi tin thử. / Call and send nothing.")
@config_option
def command(
    feed: str | None, sample: Path | None, portal: tuple[str, ...], office_file: Path | None, office_name: str | None,
    contact: tuple[str, ...], admin: str | None, channels: tuple[str, ...], settings: tuple[str, ...],
    storage: str | None, no_questions: bool, no_send: bool, folder: Path,
) -> None:  # fmt: skip
    """Hỏi vài câu, viết cấu hình chạy được vào một thư mục trống. / A working configuration from a few answers.

    Mật khẩu, mã bot lấy từ biến môi trường cùng tên, nếu không có thì hỏi và cất vào secrets/, không bao giờ ghi vào
    tệp cấu hình. / Secrets come from the environment, else are asked for and kept in secrets/.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            f"{folder} is not an empty folder; init never writes over anything, name another: --config DIR"
        )
    asking = Asking(not no_questions, portal, settings, contact)
    office = _office(asking, office_file, office_name)
    chosen = channels or asking.channels(tuple(init_settings.SECRETS))
    boss = admin or asking.one("--admin", "Mã người quản trị / the admin's id", next(iter(office.people)))
    if boss not in office.people:
        raise InputError(f"--admin: nobody in the list has the id '{boss}'; there are {', '.join(office.people)}")
    kind = feed or asking.one("--feed", f"Nguồn hồ sơ / dossiers ({', '.join(FEEDS)})", "sheet")
    if kind == "sheet" and sample is None:
        given = asking.one("--file", "Một tệp trích xuất thật (trống: chưa có) / a real export (empty: none)", "")
        sample = Path(given) if given else None
    lines = _feed(asking, kind, sample)
    options = {name: asking.options(name) for name in chosen}
    answers = init_settings.Answers(lines, chosen, options, boss, storage or _storage(folder))
    _warn_of_shared(answers.storage)
    hidden = _secrets(asking, chosen)
    _write(folder, answers, office, hidden, sample)
    click.echo(f"{folder}: đã viết cấu hình. / the configuration is written.")
    if not no_send:
        _proved(folder, boss)
    click.echo(f"Tiếp theo / next: alertd check --config {folder} · alertd run --config {folder}")


def _storage(folder: Path) -> str:
    """A database named after the configuration folder, below the current one; `config` has the usual one."""
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", folder.absolute().name).strip(".-")
    return f"sqlite:///var/{name if name and name != 'config' else 'alertd'}.db"


def _warn_of_shared(url: str) -> None:
    """Two installations in one database would send each other's alerts."""
    path = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and path.exists():
        _warn(f"{path.absolute()} đã có; nếu đó là của một bản cài đặt khác thì ghi cơ sở dữ liệu khác: --storage URL"
              " / the database is there already; another installation's? then name another")  # fmt: skip


def _warn(text: str) -> None:
    say(f"{'warning' if language() == 'en' else 'cảnh báo'}: {text}")


def _office(asking: Asking, path: Path | None, name: str | None) -> Office:
    """The list's units and people; without a list one unit and its admin."""
    if path is None and name is None:
        given = asking.one("--office", "Danh sách đơn vị và người, tệp XLSX (trống: chưa có) / XLSX (empty: none)", "")
        path = Path(given) if given else None
    if path is not None:
        return init_office.read(path)
    title = name or asking.one("--office-name", "Tên cơ quan / the office's name", None)
    phone = asking.of_admin("phone", "Điện thoại của quản trị (trống: không có) / the admin's phone (empty: none)")
    email = asking.of_admin("email", "Email của quản trị (trống: không có) / e-mail (empty: none)")
    chat = asking.of_admin("telegram", "chat_id Telegram của quản trị (trống: kết nối sau) / chat id (empty: later)")
    person = Person("quan-tri", "Quản trị hệ thống", [("UBND", "head")], [], init_office.phone_of(phone), email, chat)
    return Office([{"code": "UBND", "name": title}], {person.id: person})


def _feed(asking: Asking, kind: str, sample: Path | None) -> list[str]:
    if kind == "opencps":
        url = asking.of_portal("url", "Địa chỉ cổng / the portal's address")
        username = asking.of_portal("username", "Tên đăng nhập / user name")
        groups = asking.of_portal("groups", "groupId của đơn vị, cách nhau bằng dấu phẩy / group ids")
        asking.secret(init_settings.PORTAL_PASSWORD, "Mật khẩu cổng / the portal's password")
        return init_settings.opencps(url, username, [text.strip() for text in groups.split(",")])
    if kind == "igate":
        url = asking.of_portal("url", "Địa chỉ iGate / the portal's address")
        sso = asking.of_portal("sso", "Địa chỉ Keycloak / the address of Keycloak")
        client = asking.of_portal("client_id", "client_id")
        asking.secret(init_settings.CLIENT_SECRET, "Khóa của client / the client's secret")
        return init_settings.igate(url, sso, client)
    if kind != "sheet":
        raise InputError(f"--feed: '{kind}' is none of {', '.join(FEEDS)}")
    if sample is None:
        return init_settings.sheet("drop/*.xlsx")
    try:
        raw = content(sample, digest_of(sample))
    except OSError as error:
        raise unopened(sample, error) from None
    words = EN if language() == "en" else VI
    return list(block(guessed(raw, ZONE, str(sample)), "dossiers", f"drop/*{sample.suffix}", words))


def _secrets(asking: Asking, channels: tuple[str, ...]) -> dict[str, str]:
    """What goes into `secrets/`: the key, and what the environment does not have."""
    for channel in channels:
        for name, question in init_settings.SECRETS[channel]:
            asking.secret(name, question)
    made = {} if os.environ.get(KEY) else {KEY: secrets.token_hex(32)}
    return made | asking.hidden


def _write(
    folder: Path, answers: init_settings.Answers, office: Office, hidden: dict[str, str], sample: Path | None
) -> None:
    """Write everything beside the folder, check it there, and put it in place only if it is right."""
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.absolute().parent) as place:
        draft = Path(place, folder.name)
        (draft / "drop").mkdir(parents=True)
        (draft / "alertd.yaml").write_text("\n".join(init_settings.lines(answers)) + "\n", "utf-8")
        organisation = init_office.lines(office, answers.admin, answers.channels)
        (draft / "organisation.yaml").write_text("\n".join(organisation) + "\n", "utf-8")
        for name in ("escalation.yaml", "calendar.yaml"):
            shutil.copyfile(shipped.folder() / name, draft / name)
        shutil.copytree(shipped.folder() / "schema", draft / "schema")
        if sample is not None:
            shutil.copyfile(sample, draft / "drop" / sample.name)
        _hide(draft / FOLDER, hidden)
        _checked(draft, folder)
        try:
            draft.rename(folder.absolute())
        except OSError as error:
            raise InputError(f"{folder}: cannot be put in place ({error.strerror}); is it still empty?") from None


def _checked(draft: Path, folder: Path) -> None:
    """What is wrong with the draft, faults first, as if it stood in `folder`. Raises InputError for a fault."""
    reading = read_folder(draft)
    findings = everything(reading)
    faults = [finding for finding in findings if finding.is_fault]
    for fault in faults:
        say(f"{'fault' if language() == 'en' else 'lỗi'}: {str(fault).replace(shown(draft), str(folder))}")
    for finding in findings:
        if not finding.is_fault:
            _warn(str(finding).replace(shown(draft), str(folder)))
    if faults:
        raise InputError(f"{folder}: nothing was written; mend the answers above and run init again")
    rules = loaded_of(reading).rules
    line = doctor_units.joined(rules, rules.local_date(_now()))
    if line.state is not State.OK:
        _warn(f"{line.what}; {line.todo}")


def _hide(folder: Path, hidden: dict[str, str]) -> None:
    """A file a secret, for their owner only; no version control takes them."""
    folder.mkdir(mode=0o700)
    (folder / ".gitignore").write_text("*\n", "utf-8")
    for name, text in hidden.items():
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{text}\n")


def _proved(folder: Path, admin: str) -> None:
    """Ask each provider whether it knows us, and send the admin a test; exits 1 when either fails."""
    loaded = load(folder)
    database = database_of(loaded)
    migrate.upgrade(database)
    refused = asyncio.run(_probe(loaded, database))
    for name, result in refused.items():
        say(f"{name}: {result.detail or result.code}. {_mended(name, result, folder)}, rồi chạy / then run: "
            f"alertd doctor --config {folder}")  # fmt: skip
    with redirect_stdout(sys.stderr):  # where the console channel shows its messages
        trials = asyncio.run(tried(loaded, database, [loaded.rules.organisation.people[admin]], PATIENCE, _now()))
    for trial in trials:
        click.echo(f"Tin thử cho {admin} qua {trial.channel or '-'}: {trial.result}")
    sent = [trial for trial in trials if trial.message]
    if refused or (sent and not any(trial.reached for trial in sent)):
        sys.exit(1)


def _mended(channel: str, result: SendResult, folder: Path) -> str:
    """What to do about a provider's answer; where none came, the secrets are not to blame."""
    if result.outcome in (Outcome.TRANSIENT, Outcome.UNKNOWN):
        return f"Kiểm tra mạng và khối channels.{channel} / look at the network and the block"
    return f"Sửa / mend {', '.join(place_of(secret, folder) for secret, _ in init_settings.SECRETS[channel]) or folder}"


async def _probe(loaded: Loaded, database: Database) -> dict[str, SendResult]:
    """The channels whose provider does not take what was given, and its answer; says who the others are."""
    refused = {}
    for name, channel in assembly.channels(loaded, database, _now).items():
        try:
            result = await channel.probe()
        finally:
            await channel.close()
        if result is None or result.outcome is Outcome.ACCEPTED:
            click.echo(f"{name}: sẵn sàng {result.detail if result else ''}".rstrip())
        else:
            refused[name] = result
    return refused


def _now() -> datetime:
    return datetime.now(UTC)
