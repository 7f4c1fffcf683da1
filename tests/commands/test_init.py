"""`alertd init`: a working configuration from a few answers, never over anything, its tokens shown to the providers."""

from __future__ import annotations

import asyncio
import os
import stat
import zipfile

import pytest
import xlsxwriter
from click.testing import CliRunner

from alertd.cli import group
from alertd.commands import init_office
from alertd.commands.init_settings import SECRETS
from alertd.config.load import load
from alertd.core.errors import InputError
from tests.commands.ground import rows, write_csv
from tests.peers.telegram_server import TelegramServer
from tests.peers.zalo_server import ZaloServer

UNITS = [
    ["DANH SÁCH ĐƠN VỊ"],
    ["Mã đơn vị", "Tên đơn vị", "Loại", "Trực thuộc", "Tên khác"],
    ["UBND", "UBND xã mẫu", "Xã", "", ""],
    ["VHXH", "Phòng Văn hóa - Xã hội", "Phòng", "UBND xã mẫu", "Phòng VH-XH; Phòng VHXH"],
]
PEOPLE = [
    ["Họ và tên", "Mã người", "Đơn vị", "Chức vụ", "Tài khoản", "Điện thoại", "Telegram"],
    ["Chủ tịch UBND xã", "chu-tich", "UBND", "Chủ tịch", "", 912345678, 4711],
    ["Trưởng phòng VHXH", "", "vhxh", "Trưởng phòng", "vhxh.tp", "0912 345 679", ""],
    ["Công chức Văn hóa", "", "Phòng Văn hóa - Xã hội", "Công chức", "vhxh.cc", "", ""],
]


def office(path, units=UNITS, people=PEOPLE):
    """The workbook of an office."""
    book = xlsxwriter.Workbook(path)
    for name, table in (("Đơn vị", units), ("Người", people)):
        sheet = book.add_worksheet(name)
        for number, row in enumerate(table):
            sheet.write_row(number, 0, row)
    book.close()
    return path


@pytest.fixture(autouse=True)
def no_secrets(monkeypatch):
    """None of the names in the environment."""
    for name in ("ALERTD_KEY", *(name for each in SECRETS.values() for name, _ in each)):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def begin(alertd, tmp_path):
    """Runs `init` without questions."""

    def run(*arguments, target=tmp_path / "config"):
        url = f"sqlite:///{tmp_path / 'alertd.db'}"
        return alertd("init", "--no-questions", "--storage", url, "--config", target, *arguments)

    return run


def test_an_office_and_an_export_become_a_configuration_that_check_finds_nothing_in(begin, alertd, tmp_path):
    export = write_csv(tmp_path / "export.csv", rows(3))
    done = begin("--office", office(tmp_path / "office.xlsx"), "--file", export, "--channel", "console")
    assert (done.code, "Tin thử cho chu-tich qua console: đã nhận" in done.out) == (0, True), done
    checked = alertd("check", "--config", tmp_path / "config")
    assert (checked.code, checked.out) == (0, "")
    loaded = load(tmp_path / "config")
    people = loaded.rules.organisation.people
    assert list(people) == ["chu-tich", "truong-phong-vhxh", "cong-chuc-van-hoa"]
    assert [post.post for each in people.values() for post in each.posts] == ["head", "head", "staff"]
    assert people["truong-phong-vhxh"].portal_ids == ("vhxh.tp",)
    taken = alertd("feed", "test", "dossiers", "--config", tmp_path / "config")
    assert (taken.code, "3" in taken.out) == (0, True)


@pytest.mark.parametrize("kept", ["alertd.yaml", "note.txt", ".hidden"])
def test_a_folder_with_anything_in_it_is_left_as_it_is(begin, tmp_path, kept):
    target = tmp_path / "config"
    target.mkdir()
    (target / kept).write_text("mine", "utf-8")
    done = begin("--office-name", "UBND xã mẫu", "--channel", "console")
    assert (done.code, "is not an empty folder" in done.line) == (2, True)
    assert {path.name: path.read_text("utf-8") for path in target.iterdir()} == {kept: "mine"}


def test_an_empty_folder_that_exists_is_taken(begin, tmp_path):
    (tmp_path / "config").mkdir()
    done = begin("--office-name", "UBND xã mẫu", "--channel", "console")
    assert done.code == 0, done
    assert load(tmp_path / "config").rules.organisation.units["UBND"].name == "UBND xã mẫu"


def test_answers_that_check_would_refuse_write_nothing(begin, tmp_path):
    done = begin("--office-name", "UBND xã mẫu", "--admin-contact", "phone=12", "--channel", "console",
                 "--channel", "webhook", "--set", "webhook.url=ftp://nowhere", "--no-send")  # fmt: skip
    assert (done.code, "ALERTD_WEBHOOK_SECRET" in done.line) == (2, True)
    os.environ["ALERTD_WEBHOOK_SECRET"] = "s" * 40
    try:
        done = begin("--office-name", "UBND xã mẫu", "--channel", "webhook", "--set", "webhook.url=ftp://nowhere")
    finally:
        del os.environ["ALERTD_WEBHOOK_SECRET"]
    assert (done.code, "nothing was written" in done.err) == (2, True)
    assert str(tmp_path / "config" / "alertd.yaml") in done.err
    assert list(tmp_path.iterdir()) == []


async def test_a_telegram_token_is_shown_to_telegram_and_the_admin_gets_a_test(begin, tmp_path, monkeypatch):
    async with TelegramServer() as server:
        monkeypatch.setenv("ALERTD_TELEGRAM_TOKEN", server.token)
        done = await asyncio.to_thread(
            begin, "--office", office(tmp_path / "office.xlsx"), "--channel", "telegram",
            "--set", f"telegram.base_url={server.base_url}", "--set", "telegram.name=alertd_bot",
        )  # fmt: skip
        assert (done.code, "telegram: sẵn sàng @alertd_bot" in done.out) == (0, True), done
        (message,) = server.taken
        assert (message.chat_id, message.text.startswith("Tin thử hệ thống alertd")) == ("4711", True)
        assert not server.violations
        for path in (tmp_path / "config").rglob("*"):
            assert path.is_dir() or server.token not in path.read_text("utf-8", "replace"), path


async def test_a_token_that_the_provider_refuses_is_said_and_fails(begin, tmp_path, monkeypatch):
    async with TelegramServer() as server:
        server.revoked = True
        monkeypatch.setenv("ALERTD_TELEGRAM_TOKEN", server.token)
        done = await asyncio.to_thread(
            begin, "--office-name", "UBND xã mẫu", "--channel", "telegram",
            "--set", f"telegram.base_url={server.base_url}", "--set", "telegram.name=alertd_bot",
        )  # fmt: skip
    assert (done.code, "alertd doctor" in done.err, server.token in done.err + done.out) == (1, True, False), done
    assert ("$ALERTD_TELEGRAM_TOKEN" in done.err, "secrets" in done.err) == (True, False), done.err


def test_a_provider_that_cannot_be_reached_is_no_fault_of_the_token(begin, monkeypatch):
    monkeypatch.setenv("ALERTD_TELEGRAM_TOKEN", "4711:given")
    done = begin("--office-name", "UBND xã mẫu", "--channel", "telegram",
                 "--set", "telegram.base_url=http://127.0.0.1:9", "--set", "telegram.name=alertd_bot")  # fmt: skip
    assert (done.code, "channels.telegram" in done.err, "$ALERTD_TELEGRAM_TOKEN" in done.err) == (1, True, False), done


async def test_the_first_grant_of_zalo_is_tried_with_the_installation_s_own_store(begin, tmp_path, monkeypatch):
    async with ZaloServer() as server:
        monkeypatch.setenv("ALERTD_ZALO_SECRET", server.secret_key)
        monkeypatch.setenv("ALERTD_ZALO_ACCESS", server.access)
        monkeypatch.setenv("ALERTD_ZALO_REFRESH", server.refresh)
        done = await asyncio.to_thread(
            begin, "--office-name", "UBND xã mẫu", "--channel", "zalo", "--channel", "console",
            "--set", f"zalo.app_id={server.app_id}", "--set", 'zalo.templates={default: "000001"}',
            *(f"--set=zalo.{key}={server.url}" for key in ("base_url", "phone_url", "oauth_url")),
        )  # fmt: skip
        assert (done.code, "zalo: sẵn sàng" in done.out) == (0, True), done
        assert not server.violations


def test_secrets_that_are_asked_for_are_files_for_their_owner_only_and_stand_in_no_other_file(tmp_path):
    token = "4711:asked-for"
    answers = ["", "UBND xã mẫu", "", "", "", "telegram,console", "quan-tri", "sheet", "", "alertd_bot", token]
    ran = CliRunner().invoke(
        group,
        ["init", "--no-send", "--storage", f"sqlite:///{tmp_path / 'a.db'}", "--config", str(tmp_path / "config")],
        input="\n".join(answers) + "\n",
    )
    assert (ran.exit_code, token in ran.output) == (0, False), ran.output
    folder = tmp_path / "config" / "secrets"
    kept = {path.name: path for path in folder.iterdir()}
    assert set(kept) == {".gitignore", "ALERTD_KEY", "ALERTD_TELEGRAM_TOKEN"}
    assert kept["ALERTD_TELEGRAM_TOKEN"].read_text("utf-8") == f"{token}\n"
    assert [stat.S_IMODE(kept[name].stat().st_mode) for name in ("ALERTD_KEY", "ALERTD_TELEGRAM_TOKEN")] == [0o600] * 2
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in (tmp_path / "config").glob("*.yaml"):
        assert token not in path.read_text("utf-8")
    loaded = load(tmp_path / "config")
    assert (loaded.unset, loaded.settings.channels.telegram.token.reveal()) == ([], token)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (["Người mẫu", "", "Phòng Lạ", "Chuyên viên"], r"'Người' row 5: no unit of the list is called 'Phòng Lạ'"),
        (["Người mẫu", "", "UBND", "Nghệ nhân"], r"'Người' row 5: it is not clear what 'Nghệ nhân' is"),
        (["Công chức Văn hóa", "", "UBND", "Công chức"], r"'Người' row 5: Công chức Văn hóa stands in the list twice"),
        (["Chánh Văn phòng mẫu", "chanh-vp", "UBND", "Chánh Văn phòng"], r"would be a second head of UBND"),
        (["Người mẫu", "chu-tich", "UBND", "Công chức"], r"'Người' row 5: 'chu-tich' is Chủ tịch UBND xã already"),
        (
            ["Người mẫu", "", "UBND", "Công chức", "vhxh.cc"],
            r"'Người' row 5: the account 'vhxh.cc' is that of Công chức Văn hóa already, .*'Người' row 4",
        ),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_its_number(tmp_path, row, words):
    with pytest.raises(InputError, match=words):
        init_office.read(office(tmp_path / "office.xlsx", people=[*PEOPLE, row]))


@pytest.mark.parametrize(
    ("written", "accounts"),
    [
        ("Công chức mẫu", ["Công chức mẫu"]),
        ("vhxh.a, vhxh.b;vhxh.c | vhxh.d", ["vhxh.a", "vhxh.b", "vhxh.c", "vhxh.d"]),
        ("Công chức mẫu\nvhxh.a\r\n vhxh.b ", ["Công chức mẫu", "vhxh.a", "vhxh.b"]),
        ("vhxh.a; vhxh.a;", ["vhxh.a"]),
        (4711, ["4711"]),
        ("", []),
    ],
)
def test_accounts_are_parted_by_commas_semicolons_and_lines_and_may_hold_spaces(tmp_path, written, accounts):
    row = ["Người mẫu", "mau", "UBND", "Công chức", written]
    read = init_office.read(office(tmp_path / "office.xlsx", people=[*PEOPLE, row]))
    assert read.people["mau"].portal_ids == accounts


def test_units_of_which_none_is_below_another_are_pointed_at_because_nobody_is_their_chairman(begin, alertd, tmp_path):
    alone = [row[:3] for row in UNITS]
    done = begin("--office", office(tmp_path / "office.xlsx", units=alone), "--channel", "console", "--no-send")
    (warning,) = done.err.splitlines()
    assert done.code == 0
    assert warning.startswith("cảnh báo: không đơn vị nào trực thuộc đơn vị khác, nên bước chairman (head@root)")
    assert "'Trực thuộc'" in warning
    assert "! tuyến báo cáo: " in alertd("doctor", "--offline", "--config", tmp_path / "config").out


def test_what_refuses_stands_before_what_only_warns_and_both_say_what_they_are(begin, tmp_path, monkeypatch):
    monkeypatch.setenv("ALERTD_WEBHOOK_SECRET", "s" * 40)
    nobody = [*UNITS, ["TP", "Phòng Tư pháp mẫu", "Phòng", "UBND xã mẫu", ""]]
    done = begin("--office", office(tmp_path / "office.xlsx", units=nobody), "--channel", "webhook",
                 "--set", "webhook.url=ftp://nowhere", "--no-send")  # fmt: skip
    kinds = [line.partition(": ")[0] for line in done.err.splitlines()[:-1]]
    assert (done.code, kinds[0], kinds[-1]) == (2, "lỗi", "cảnh báo"), done.err
    assert kinds == sorted(kinds, reverse=True)


def test_each_folder_has_a_database_of_its_own_and_one_that_is_there_is_pointed_at(alertd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = ("--no-questions", "--office-name", "UBND xã mẫu", "--channel", "console")
    addresses = []
    for name in ("config", "xa-a", "xa-b"):
        done = alertd("init", *given, "--config", name)
        assert (done.code, "cảnh báo" in done.err) == (0, False), done
        addresses.append(load(tmp_path / name).settings.storage.url)
    assert addresses == ["sqlite:///var/alertd.db", "sqlite:///var/xa-a.db", "sqlite:///var/xa-b.db"]
    again = alertd("init", *given, "--storage", addresses[1], "--config", "xa-c")
    assert (again.code, again.err.startswith(f"cảnh báo: {tmp_path / 'var' / 'xa-a.db'} đã có")) == (0, True), again


def test_findings_name_the_folder_that_was_asked_for_wherever_one_stands(alertd, tmp_path, monkeypatch):
    monkeypatch.setenv("ALERTD_WEBHOOK_SECRET", "s" * 40)
    monkeypatch.chdir(tmp_path)
    done = alertd("init", "--no-questions", "--no-send", "--office-name", "UBND xã mẫu", "--channel", "webhook",
                  "--set", "webhook.url=ftp://nowhere", "--config", "xa-a")  # fmt: skip
    assert (done.code, done.err.startswith("lỗi: xa-a/alertd.yaml:")) == (2, True), done.err


@pytest.mark.parametrize(
    ("title", "post"),
    [("Phó Chủ tịch", "deputy"), ("Phó Trưởng phòng", "deputy"), ("CHỦ TỊCH UBND", "head"), ("Trưởng thôn", "head"),
     ("Giám đốc", "head"), ("Chánh Văn phòng", "head"), ("Công chức", "staff"), ("Đầu mối", "duty"), ("duty", "duty")],
)  # fmt: skip
def test_a_post_is_known_by_its_title(title, post):
    assert init_office.post_of(title, "here") == post


@pytest.mark.parametrize(
    ("written", "number"),
    [("0912 345 679", "84912345679"), ("912345678", "84912345678"), ("+84 912.345.678", "84912345678"), ("hỏi", "hỏi")],
)
def test_a_phone_number_is_written_as_the_channels_want_it(written, number):
    assert init_office.phone_of(written) == number


def test_a_list_that_is_a_bomb_is_refused(begin, tmp_path):
    with zipfile.ZipFile(tmp_path / "office.xlsx", "w") as archive:
        archive.writestr(
            "xl/workbook.xml", '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><workbook>&b;</workbook>'
        )
    done = begin("--office", tmp_path / "office.xlsx", "--channel", "console")
    assert (done.code, "declares a document type" in done.line, (tmp_path / "config").exists()) == (2, True, False)
