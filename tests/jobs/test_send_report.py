"""The weekly report leaves as a file: once, to whom it is for, over channels that carry files and over those that do not."""

from __future__ import annotations

import zipfile
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO, StringIO

import pytest

from alertd.channels.console import ConsoleChannel
from alertd.channels.email import EmailChannel
from alertd.channels.telegram import TelegramChannel
from alertd.channels.webhook import WebhookChannel
from alertd.channels.zalo_bot import ZaloBotChannel
from alertd.core.errors import AlertdError
from alertd.core.signing import Signer
from alertd.jobs.send_report import ReportSender
from alertd.replies.links import links
from alertd.reports import printed
from alertd.reports.agency import Agency
from alertd.store import attachments
from tests.jobs.office import ORGANISATION, loaded, reporter, world
from tests.jobs.test_report import week_of
from tests.peers.mail_server import MailServer
from tests.peers.telegram_server import TelegramServer
from tests.peers.webhook_receiver import WebhookReceiver
from tests.peers.zalo_bot_server import ZaloBotServer
from tests.store.ground import RecordingChannel, at

MONDAY = at("10/06 07:30")
PATRON = (
    "  - {id: uy-vien, name: Ủy viên phụ trách, posts: [{unit: TP, post: patron}], contacts: [{channel: console}]}\n"
)
QUIET = "unit_pages: false, file: html"


class Office:
    """A database, its configuration, and a week that ends on Sunday."""

    def __init__(self, database, report=QUIET, organisation=ORGANISATION, **changes):
        self.loaded = loaded(report=report, organisation=organisation, **changes)
        self.here = world(database, self.loaded)
        self.job = reporter(database, self.loaded)
        self.here.poll("31/05 08:00")

    @property
    def sender(self):
        return ReportSender(self.here.database, self.loaded, self.job, Agency("UBND huyện", "Văn phòng", "Đức Thọ"))

    def week(self):
        """The first look of all, and a week with something in it, frozen."""
        assert self.sender.tick(at("31/05 09:00")) == 0
        week_of(self.here, online=4, direct=6)
        self.job.tick(at("10/06 00:20"))
        return self

    def to(self, channel, **contact):
        """The chairman is reached by this channel alone."""
        chair = self.here.rules.organisation.people["chair"]
        one = replace(chair.contacts[0], channel=channel.name, **contact)
        people = dict(self.here.rules.organisation.people) | {"chair": replace(chair, contacts=(one,))}
        organisation = replace(self.here.rules.organisation, people=people)
        self.here.rules = replace(self.here.rules, organisation=organisation)
        self.here.channels = {channel.name: channel}
        self.here.deliver = self.here.delivery("here")
        return channel

    async def send(self, when=MONDAY):
        self.here.now = when
        self.sender.tick(when)
        await self.here.send(when)
        return self.here.rows("outbox", kind="report")


@pytest.fixture
async def office(database):
    made = Office(database).week()
    yield made
    for channel in made.here.channels.values():
        await channel.close()


def told(office):
    return [(row.subject, row.person, row.occurrence, row.state) for row in office.here.rows("alerts", step="report")]


async def test_a_stop_between_two_papers_leaves_the_rest_owed(office):
    office.job.stopping.asked = True
    assert await office.send() == []
    office.job.stopping.asked = False
    assert len(await office.send()) > 0


# --- once, and to whom ------------------------------------------------------------------------------------------------


def test_nothing_leaves_before_its_time_and_the_leadership_gets_it_then_once(office):
    assert office.sender.tick(at("10/06 07:29")) == 0
    assert office.sender.tick(MONDAY) == 1
    assert office.sender.tick(at("10/06 07:31")) == 0
    assert told(office) == [("", "chair", 202423, "sent")]
    (part,) = office.here.rows("outbox", kind="report")
    assert part.text.splitlines()[0] == "Báo cáo tuần 23/2024: không có hồ sơ quá hạn"
    assert "tiếp nhận 10" in part.text
    assert "Chưa đạt: nộp hồ sơ trực tuyến 40% (chỉ tiêu 60%)." in part.text


def test_a_first_start_owes_no_report_of_weeks_before_it(database):
    office = Office(database)
    week_of(office.here, online=4, direct=6)
    office.job.tick(at("10/06 00:20"))
    assert office.sender.tick(at("12/06 10:00")) == 0
    assert told(office) == []


def test_a_report_missed_while_nothing_ran_is_sent_once_later(office):
    assert office.sender.tick(at("12/06 10:00")) == 1
    assert office.sender.tick(at("12/06 10:01")) == 0


def test_a_week_that_is_not_frozen_yet_is_waited_for(database):
    office = Office(database)
    assert office.sender.tick(at("31/05 09:00")) == 0
    week_of(office.here, online=4, direct=6)
    assert office.sender.tick(MONDAY) == 0
    office.job.tick(at("10/06 07:31"))
    assert office.sender.tick(at("10/06 07:32")) == 1


def test_what_was_cut_off_goes_on_where_it_stopped(database, monkeypatch):
    office = Office(database, "file: html").week()
    made = []
    real = ReportSender._made

    def cut_off(self, report, paper, now):
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(paper.unit)
        return real(self, report, paper, now)

    monkeypatch.setattr(ReportSender, "_made", cut_off)
    with pytest.raises(KeyboardInterrupt):
        office.sender.tick(MONDAY)
    assert told(office) == [("", "chair", 202423, "sent"), ("TP", "head", 202423, "sent")]
    monkeypatch.setattr(ReportSender, "_made", real)
    assert office.sender.tick(at("10/06 07:40")) == 1
    assert told(office)[2:] == [("NV", "head-nv", 202423, "sent")]
    assert len(office.here.rows("outbox", kind="report")) == 3


def test_each_unit_s_own_page_goes_to_its_head_and_its_patron(database):
    office = Office(database, "file: html, to: none", ORGANISATION + PATRON).week()
    office.sender.tick(MONDAY)
    assert [row[:2] for row in told(office)] == [("TP", "head"), ("TP", "uy-vien"), ("NV", "head-nv")]
    page, other = (files_of(office)[row.attachment] for row in office.here.rows("outbox", person="head")
                   + office.here.rows("outbox", person="head-nv"))  # fmt: skip
    assert page.name == "bao-cao-tuan-2024-W23-TP.html"
    assert "của Phòng Tư pháp" in page.content.decode()
    assert "Phòng Nội vụ" not in page.content.decode()
    assert "Phòng Nội vụ" in other.content.decode()


def test_a_unit_without_a_head_and_a_patron_is_on_record_as_nobody(database):
    vacant = ORGANISATION.replace("posts: [{unit: NV, post: head}], ", "")
    office = Office(database, "file: html, to: none", vacant).week()
    office.sender.tick(MONDAY)
    assert ("NV", "", 202423, "nobody") in told(office)
    assert office.sender.tick(at("10/06 07:31")) == 0


def test_a_digest_of_a_later_slot_takes_no_file_over(office):
    office.sender.tick(MONDAY)
    office.here.compose("10/06 13:00")
    assert [row.state for row in office.here.rows("outbox", kind="report")] == ["pending"]


# --- the file ---------------------------------------------------------------------------------------------------------


def files_of(office):
    with office.here.database.read() as connection:
        return {row.digest: attachments.load(connection, row.digest) for row in office.here.rows("attachments")}


@pytest.mark.parametrize("ending", ["pdf", "docx", "xlsx", "html"])
def test_the_file_is_what_it_says(database, ending):
    office = Office(database, f"file: {ending}").week()
    office.sender.tick(MONDAY)
    found = {file.name: file for file in files_of(office).values()}
    file = found[f"bao-cao-tuan-2024-W23.{ending}"]
    assert {name.removesuffix(f".{ending}") for name in found} == {
        "bao-cao-tuan-2024-W23", "bao-cao-tuan-2024-W23-TP", "bao-cao-tuan-2024-W23-NV"
    }  # fmt: skip
    if ending == "pdf":
        assert file.content.startswith(b"%PDF-")
        assert file.content.rstrip().endswith(b"%%EOF")
    elif ending == "html":
        assert "Phòng Tư pháp" in file.content.decode()
    else:
        inside = {"docx": "word/document.xml", "xlsx": "xl/sharedStrings.xml"}[ending]
        assert "Phòng Tư pháp" in zipfile.ZipFile(BytesIO(file.content)).read(inside).decode()


def test_without_the_library_the_report_goes_in_a_plain_format_and_says_why(database, monkeypatch):
    def missing(*_):
        raise AlertdError("PDF needs the extra `report`")

    monkeypatch.setattr(printed, "write", missing)
    office = Office(database, "unit_pages: false, file: pdf").week()
    office.sender.tick(MONDAY)
    (part,) = office.here.rows("outbox", kind="report")
    assert files_of(office)[part.attachment].name.endswith(".html")
    assert "Không lập được tệp PDF" in part.text


def test_a_file_whose_time_is_over_is_removed_unless_it_still_has_to_leave(office):
    office.sender.tick(MONDAY)
    for when, left in (("20/07 08:00", 1), ("20/07 08:00", 0)):
        with office.here.database.write() as connection:
            attachments.forget(connection, at(when))
        assert len(office.here.rows("attachments")) == left
        with office.here.database.write() as connection:
            connection.exec_driver_sql("UPDATE outbox SET settled_at = created_at")


# --- over the channels ------------------------------------------------------------------------------------------------


async def test_telegram_brings_the_file_with_the_summary_under_it(office):
    async with TelegramServer() as server:
        office.to(TelegramChannel(server.token, now=lambda: MONDAY, base_url=server.base_url), address="4711")
        (part,) = await office.send()
    (taken,) = server.taken
    assert part.state == "accepted"
    assert taken.chat_id == "4711"
    assert taken.text == part.text
    assert taken.file == ("bao-cao-tuan-2024-W23.html", files_of(office)[part.attachment].content)
    assert server.violations == []


async def test_a_lost_answer_brings_the_file_once_more_marked(office):
    async with TelegramServer() as server:
        office.to(
            TelegramChannel(server.token, now=lambda: office.here.now, base_url=server.base_url, read_timeout=0.5),
            address="4711",
        )
        server.take_then("hang", method="sendDocument")
        await office.send()
        await office.send(at("10/06 07:34"))
    first, again = server.taken
    assert again.text.startswith("(gửi lại) ")
    assert first.file == again.file
    assert [row.state for row in office.here.rows("outbox", kind="report")] == ["accepted"]


async def test_a_mail_has_the_file_attached(office):
    async with MailServer() as server:
        office.to(
            EmailChannel("127.0.0.1", "alertd@office.example", port=server.port, security="none", now=lambda: MONDAY),
            address="chair@office.example",
        )
        (part,) = await office.send()
    (mail,) = server.mails
    assert mail.headers["Subject"] == "Báo cáo tuần 23/2024: không có hồ sơ quá hạn"
    ((name, kind, content),) = mail.files
    assert (name, kind) == ("bao-cao-tuan-2024-W23.html", "text/html")
    assert content == files_of(office)[part.attachment].content
    assert server.violations == []
    assert part.state == "accepted"


async def test_a_webhook_gets_the_bytes_in_its_json(office):
    async with WebhookReceiver("s" * 32) as server:
        office.to(WebhookChannel(server.url, "s" * 32, now=lambda: datetime.now(UTC)))
        (part,) = await office.send()
    (seen,) = server.seen
    file = files_of(office)[part.attachment]
    given = seen.body["file"]
    assert (given["name"], given["media_type"], given["size"]) == (file.name, "text/html", len(file.content))
    assert b64decode(given["content"]) == file.content
    assert server.violations == []


async def test_the_console_prints_where_the_file_is(office, tmp_path):
    stream = StringIO()
    office.to(ConsoleChannel(office.loaded.settings.zone, now=lambda: MONDAY, stream=stream, folder=tmp_path / "r"))
    (part,) = await office.send()
    path = tmp_path / "r" / "bao-cao-tuan-2024-W23.html"
    assert path.read_bytes() == files_of(office)[part.attachment].content
    assert f"Tệp: {path}" in stream.getvalue()


@pytest.mark.parametrize("public", ["https://hoso.example", None])
async def test_a_channel_without_files_says_where_the_file_is(office, public):
    async with ZaloBotServer() as server:
        office.to(ZaloBotChannel(server.token, base_url=server.url), address="z1")
        office.here.deliver.each["zalo_bot"].links = links(Signer(b"k" * 32), public)
        await office.send()
        (taken,) = server.taken
    name = "bao-cao-tuan-2024-W23.html"
    if public:
        assert f"Tải tệp {name}: https://hoso.example/m/m" in taken.text
        assert taken.text.count("/m/m") == 1
    else:
        assert f"Tệp {name}: xin nhận tại Văn phòng." in taken.text


async def test_a_file_too_large_for_a_channel_is_a_link(office):
    channel = RecordingChannel(largest_file=10)
    office.to(channel)
    office.here.deliver.each["console"].links = links(Signer(b"k" * 32), "https://hoso.example")
    await office.send()
    (part,) = (each for each in channel.parts if each.kind == "report")
    assert part.file is None
    assert part.buttons == ()
    assert "Tải tệp bao-cao-tuan-2024-W23.html: https://hoso.example/m/" in part.text


async def test_a_leader_whom_nothing_reaches_is_told_of_to_the_admin(office):
    office.to(RecordingChannel(name="telegram"))
    await office.send()
    office.here.deliver.route.tick(MONDAY)
    assert [row.state for row in office.here.rows("outbox", kind="report")] == ["failed"]
    assert ("chair", "admin") in {(row.subject, row.person) for row in office.here.rows("alerts", step="delivery")}
