"""`alertd invite`: links and codes, the list as XLSX, and what is wrong when somebody cannot be invited."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from alertd.config.load import load
from alertd.core.conversation import Inbound, Kind
from alertd.core.signing import Signer
from alertd.replies.desk import Desk
from alertd.store import people
from alertd.store.database import Database
from alertd.store.tables import invitations
from tests.commands.ground import stored, write_config

CHANNELS = """\
  telegram: {token: "42:not-a-real-token", name: "@TenBot"}
  zalo: {app_id: "1", secret_key: "s3cr3t", oa_id: "777"}
  zalo_bot: {token: "1:x"}
"""
PEOPLE = """\
  - {id: office, name: Văn phòng, contacts: [{channel: console}]}
  - {id: chair, name: "=Chủ tịch", posts: [{unit: UBND, post: head}], contacts: [{channel: zalo}, {channel: telegram}]}
  - {id: head, name: Trưởng phòng, posts: [{unit: TP, post: head}], contacts: [{channel: telegram}]}
  - {id: staff, name: Chuyên viên, posts: [{unit: TP, post: clerk}], contacts: [{channel: zalo_bot}]}
  - {id: known, name: Đầu mối, posts: [{unit: TP, post: duty}], contacts: [{channel: telegram, chat_id: "5"}]}
  - {id: left, name: Người cũ, posts: [{unit: TP, post: duty, until: 2024-01-01}], contacts: [{channel: telegram}]}
"""
KEY = "key: 0123456789abcdef0123456789abcdef\nweb: {listen: '127.0.0.1:8080', public_url: 'https://canhbao.example'}\n"


@pytest.fixture
def office(tmp_path, url):
    return configured(tmp_path / "office", url)


def configured(folder, url, channels=CHANNELS, people=PEOPLE, more=KEY):
    write_config(folder, url, channels=channels)
    (folder / "alertd.yaml").write_text((folder / "alertd.yaml").read_text("utf-8") + more, "utf-8")
    head = (folder / "organisation.yaml").read_text("utf-8").partition("people:")[0]
    (folder / "organisation.yaml").write_text(f"{head}people:\n{people}", "utf-8")
    return folder


@pytest.fixture
def local(tmp_path):
    return f"sqlite:///{tmp_path / 'local.db'}"


def invited(alertd, office, *arguments):
    done = alertd("invite", *arguments, "--format", "json", "--config", office)
    assert (done.code, done.err) == (0, "")
    made = json.loads(done.out)
    return made, datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC)


def connected(url, person, channel, chat):
    database = Database(url)
    with database.write() as connection:
        people.connect(connection, person, channel, chat, datetime.now(UTC))
    database.close()


def sheet(path):
    """Title, remark, headings, and the rows under them."""
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return rows[0][0], rows[1][0], rows[2], rows[3:]


# --- one person -------------------------------------------------------------------------------------------------------


def test_a_telegram_link_for_a_day(alertd, office, url):
    made, valid = invited(alertd, office, "head")
    link = urlsplit(made["text"])
    (token,) = parse_qs(link.query)["start"]
    assert (link.netloc, link.path, len(token)) == ("t.me", "/TenBot", 43)
    assert timedelta(hours=24) - valid < timedelta(minutes=1)
    (row,) = stored(url)["invitations"]
    assert (row.person, row.channel, row.used_at) == ("head", "telegram", None)
    assert token not in str(stored(url))


@pytest.mark.parametrize(("person", "channel"), [("chair", "zalo"), ("staff", "zalo_bot")])
def test_a_zalo_code_of_eight_digits_for_a_quarter_of_an_hour(alertd, office, person, channel):
    made, valid = invited(alertd, office, person)
    assert made["channel"] == channel
    assert re.fullmatch(r"LIENKET \d{8}", made["text"])
    assert timedelta(minutes=14) < valid <= timedelta(minutes=15)
    assert ("https://zalo.me/777" in made["how"]) == (channel == "zalo")


def test_a_code_that_lives_longer_has_more_digits(alertd, office):
    made, valid = invited(alertd, office, "staff", "--valid", "2h")
    assert re.fullmatch(r"LIENKET \d{4} \d{4} \d{4}", made["text"])
    assert timedelta(minutes=119) < valid <= timedelta(hours=2)


def test_the_channel_can_be_chosen(alertd, office):
    assert invited(alertd, office, "chair", "--channel", "telegram")[0]["text"].startswith("https://t.me/")


def test_the_words_on_the_terminal_are_for_passing_on(alertd, office):
    done = alertd("invite", "head", "--config", office)
    first, link, how = done.out.splitlines()
    assert first.startswith("Trưởng phòng (head), kênh Telegram, đến ")
    assert link.strip().startswith("https://t.me/TenBot?start=")
    assert "bấm Bắt đầu" in how


@pytest.mark.parametrize("person", ["head", "staff"])
def test_what_is_printed_connects(alertd, office, url, person):
    made, _ = invited(alertd, office, person)
    said = made["text"]
    if made["channel"] == "telegram":
        said = f"/start {parse_qs(urlsplit(said).query)['start'][0]}"
    database, now = Database(url), datetime.now(UTC)
    desk = Desk(database, load(office).rules, Signer(b"k" * 32), lambda *_: None)
    reply = desk.answer(Inbound(made["channel"], "1", Kind.TEXT, "9", now, said), now)
    assert reply.text.startswith(f"Đã liên kết với {made['name']}, Phòng Tư pháp.")
    database.close()


def test_disconnect_cuts_the_chat_and_the_open_invitation(alertd, office, url):
    invited(alertd, office, "chair")
    connected(url, "chair", "telegram", "9")
    done = alertd("invite", "chair", "--disconnect", "--config", office)
    assert done.out.splitlines() == [
        "chair, Telegram: bỏ 1 liên kết, 0 lời mời", "chair, Zalo OA: bỏ 0 liên kết, 1 lời mời",
    ]  # fmt: skip
    assert stored(url)["connections"] == stored(url)["invitations"] == []


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_opens_again_with_everybody_who_is_not_connected(alertd, office, url, tmp_path):
    alertd("db", "upgrade", "--config", office)
    connected(url, "head", "telegram", "9")
    out = tmp_path / "moi.xlsx"
    done = alertd("invite", "--all", "--out", out, "--config", office)
    assert done.code == 0
    title, remark, headings, rows = sheet(out)
    assert title == "DANH SÁCH MỜI LIÊN KẾT NHẬN CẢNH BÁO HỒ SƠ"
    assert "chỉ dùng một lần" in remark
    assert headings == ["STT", "Người nhận", "Đơn vị", "Chức vụ", "Kênh", "Đường dẫn hoặc dòng cần gõ",
                        "Có hiệu lực đến", "Cách liên kết"]  # fmt: skip
    assert [row[:5] for row in rows] == [
        [1, "=Chủ tịch", "UBND huyện", "Thủ trưởng", "Zalo OA"],
        [2, "=Chủ tịch", "UBND huyện", "Thủ trưởng", "Telegram"],
        [3, "Chuyên viên", "Phòng Tư pháp", "clerk", "Zalo Bot"],
    ]
    shown = [row[5] for row in rows]
    assert re.fullmatch(r"LIENKET \d{4} \d{4} \d{4}", shown[0])
    assert re.fullmatch(r"https://t\.me/TenBot\?start=[\w-]{43}", shown[1])
    assert all(timedelta(hours=71) < row[6] - local_now() <= timedelta(hours=72) for row in rows)
    assert out.stat().st_mode & 0o077 == 0, "who has the list can connect as anybody in it"
    assert not [text for text in shown if text.split(" ", 1)[-1].rpartition("=")[2] in done.out + done.err]
    hashes = {row.token_hash for row in stored(url)["invitations"]}
    tokens = [("zalo", shown[0][8:].replace(" ", "")), ("telegram", shown[1].rpartition("=")[2]),
              ("zalo_bot", shown[2][8:].replace(" ", ""))]  # fmt: skip
    assert hashes == {people.token_hash(*token) for token in tokens}


def test_again_invites_the_connected_and_a_channel_narrows_it(alertd, office, url, tmp_path):
    alertd("db", "upgrade", "--config", office)
    connected(url, "head", "telegram", "9")
    out = tmp_path / "moi.xlsx"
    assert alertd("invite", "--all", "--again", "--channel", "telegram", "--out", out, "--config", office).code == 0
    assert [row[1] for row in sheet(out)[3]] == ["=Chủ tịch", "Trưởng phòng"]


def test_who_blocked_the_bot_is_invited_again(alertd, office, url, tmp_path):
    alertd("db", "upgrade", "--config", office)
    connected(url, "head", "telegram", "9")
    database = Database(url)
    with database.write() as connection:
        people.gone(connection, "head", "telegram", "9", datetime.now(UTC))
    database.close()
    alertd("invite", "--all", "--channel", "telegram", "--out", tmp_path / "moi.xlsx", "--config", office)
    assert "Trưởng phòng" in [row[1] for row in sheet(tmp_path / "moi.xlsx")[3]]


def test_nobody_to_invite_writes_no_file(alertd, office, url, tmp_path):
    alertd("db", "upgrade", "--config", office)
    for person, channel in [("chair", "zalo"), ("chair", "telegram"), ("head", "telegram"), ("staff", "zalo_bot")]:
        connected(url, person, channel, person)
    done = alertd("invite", "--all", "--out", tmp_path / "moi.xlsx", "--config", office)
    assert (done.code, "nobody to invite" in done.line) == (0, True)
    assert not (tmp_path / "moi.xlsx").exists()


def test_of_a_list_that_cannot_be_written_nothing_is_valid(alertd, office, url, tmp_path):
    done = alertd("invite", "--all", "--out", tmp_path / "nowhere" / "moi.xlsx", "--config", office)
    assert (done.code, "the list cannot be written" in done.line) == (1, True)
    assert stored(url)["invitations"] == []


# --- what is wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["haed"], "nobody has the id 'haed'; có phải là 'head'?"),
        (["left"], "the last post of left has ended"),
        (["office"], "the contacts of office do not name a channel to connect; add `- {channel: telegram}`"),
        (["head", "--channel", "zalo"], "the contacts of head do not name zalo; add `- {channel: zalo}`"),
        (["known"], "the contact of known on telegram has its address written there already"),
        (["head", "--valid", "soon"], "'soon' is not a time; write 30m or 24h"),
        (["head", "--valid", "0h"], "'0h' is not a time"),
        ([], "Name one person, or write --all"),
        (["head", "--all", "--out", "x.xlsx"], "Name one person, or write --all"),
        (["--all"], "--all needs --out FILE.xlsx"),
        (["head", "--again"], "--out and --again belong to --all"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(alertd, tmp_path, local, arguments, says):
    office = configured(tmp_path / "office", local)
    done = alertd("invite", *arguments, "--config", office)
    assert done.code == 2
    assert says in done.line


@pytest.mark.parametrize(
    ("channels", "more", "person", "says"),
    [
        ('  telegram: {token: "42:x"}\n', KEY, "head", "channels.telegram has no `name:`"),
        ('  telegram: {token: "42:x", name: B, answers: false}\n', KEY, "head", "`answers: false`"),
        ('  zalo_bot: {token: "1:x"}\n', KEY, "head", "add `- {channel: zalo_bot}`"),
    ],
)
def test_a_channel_on_which_nobody_can_connect(alertd, tmp_path, local, channels, more, person, says):
    office = configured(tmp_path / "office", local, channels, more=more)
    done = alertd("invite", person, "--config", office)
    assert done.code == 2
    assert says in done.line


def test_a_channel_that_is_not_configured_is_named(alertd, tmp_path, local):
    office = configured(tmp_path / "office", local, '  zalo_bot: {token: "1:x"}\n')
    done = alertd("invite", "head", "--channel", "telegram", "--config", office)
    assert (done.code, "channels has no telegram; add `telegram:` to it" in done.line) == (2, True)


@pytest.mark.postgres
def test_without_a_key_nobody_is_invited(alertd, tmp_path, postgres_url):
    office = configured(tmp_path / "office", postgres_url, more="")
    done = alertd("invite", "head", "--config", office)
    assert done.code == 2
    assert "without `key:` nothing that people send is answered" in done.line


def test_zalo_without_a_public_address_is_warned_of(alertd, tmp_path, local):
    office = configured(tmp_path / "office", local, more="")
    done = alertd("invite", "staff", "--config", office)
    assert (done.code, "without web.public_url" in done.err) == (0, True)


def local_now():
    return datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=7)


def test_the_invitation_of_before_is_worthless(alertd, office, url):
    invited(alertd, office, "head")
    invited(alertd, office, "head")
    database = Database(url)
    with database.read() as connection:
        assert len(connection.execute(select(invitations)).all()) == 1
    database.close()
