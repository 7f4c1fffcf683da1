"""Who filed a dossier is read as the setting says, of every kind of feed, and decides nothing about the dossier."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alertd.core.applicant import NOBODY, Applicant, Keep
from alertd.demo.portal import Portal
from alertd.feeds.igate_dossier import Dossiers as IgateDossiers
from tests.feeds.test_opencps import SECRET, feed, made, read, seen
from tests.feeds.test_rest_dossier import ROW, reader
from tests.feeds.test_sheet import read as read_sheet

NAME, PHONE, NUMBER = "Công dân mẫu 12", "0900 000 012", "001099000012"
KEPT = {
    Keep.NONE: NOBODY,
    Keep.MASKED: Applicant("C*** d*** m*** ***", "***012"),
    Keep.FULL: Applicant(NAME, "0900000012"),
}
HEAD = "Mã hồ sơ,Chủ hồ sơ,Số CCCD,Số điện thoại,Ngày tiếp nhận,Ngày hẹn trả\n"
LINE = f"HS-1,{NAME},{NUMBER},{PHONE},03/06/2024 08:00,05/06/2024 16:00\n"


@pytest.fixture
def file(tmp_path):
    def write(content):
        (tmp_path / "a.csv").write_text(content, "utf-8")
        return tmp_path / "a.csv"

    return write


@pytest.mark.parametrize("keep", Keep)
async def test_of_a_sheet_what_the_setting_keeps_is_read_and_never_the_identity_number(file, keep):
    (one,), rejects = await read_sheet(file(HEAD + LINE), keep_applicant=keep)
    assert (one.applicant, rejects) == (KEPT[keep], [])
    assert NUMBER not in repr([getattr(one, name) for name in one.__slots__])


@pytest.mark.parametrize("keep", Keep)
async def test_the_rest_of_the_row_is_the_same_whatever_is_kept(file, keep):
    (without,), _ = await read_sheet(file(HEAD + LINE))
    (one,), _ = await read_sheet(file(HEAD + LINE), keep_applicant=keep)
    assert replace(one, applicant=NOBODY) == without
    assert (one.digest(), one.values()) == (without.digest(), without.values())


async def test_a_column_that_columns_names_is_taken_whatever_its_header(file):
    content = HEAD.replace("Chủ hồ sơ", "Bên A") + LINE
    (one,), _ = await read_sheet(file(content), keep_applicant=Keep.MASKED, columns={"applicant": ["Bên A"]})
    assert one.applicant == KEPT[Keep.MASKED]


async def test_a_header_that_stands_twice_is_nobodys_to_choose_and_refuses_no_file(file):
    content = HEAD.replace("Số CCCD", "Số điện thoại") + LINE
    (one,), rejects = await read_sheet(file(content), keep_applicant=Keep.FULL)
    assert (one.applicant, rejects) == (Applicant(NAME, ""), [])


async def test_rows_that_differ_in_nothing_but_who_filed_them_are_one_dossier(file):
    other = LINE.replace(NAME, "Công dân mẫu 13")
    observations, rejects = await read_sheet(file(HEAD + LINE + other), keep_applicant=Keep.MASKED)
    assert ([each.code for each in observations], rejects) == (["HS-1"], [])


@pytest.mark.parametrize("keep", Keep)
async def test_of_opencps_what_the_setting_keeps_is_read(keep):
    shown = made(12) | {"contactTelNo": PHONE, "applicantName": f"{NAME} - {NUMBER}"}
    with Portal(lambda: {"55301": [shown]}, username="alertd", password=SECRET) as portal:
        (one,) = seen(await read(feed(portal, keep_applicant=keep)))
    assert one.applicant.phone == KEPT[keep].phone
    assert NUMBER not in one.applicant.name
    assert one.applicant.name.startswith(KEPT[keep].name)


@pytest.mark.parametrize("keep", Keep)
def test_of_igate_what_the_setting_keeps_is_read(keep):
    given = reader()
    one_reader = IgateDossiers(given.dates, given.statuses, {}, given.answers, None, keep)
    data = {"fullname": NAME, "phoneNumber": PHONE, "identityNumber": NUMBER}
    (one,) = one_reader.read(1, "1", {"id": "1", "code": "HS-1", "applicant": {"data": data}})
    assert one.applicant == KEPT[keep]
    (one,) = one_reader.read(1, "1", {"id": "1", "code": "HS-1", "applicant": "?"})
    assert one.applicant == NOBODY


@pytest.mark.parametrize("keep", Keep)
def test_of_any_portal_what_a_path_leads_to_and_the_setting_keeps_is_read(keep):
    paths = {"applicant": "$.dan.ten", "applicant_phone": "$.dan.dt"}
    one_reader = reader(paths, keep_applicant=keep)
    whole = {**ROW, "dan": {"ten": NAME, "dt": PHONE, "cccd": NUMBER}}
    (one,) = one_reader.read(1, "H27-1", whole)
    assert one.applicant == KEPT[keep]
    (one,) = reader(keep_applicant=keep).read(1, "H27-1", whole)
    assert one.applicant == NOBODY, "no path leads to it"
