"""The national portal's item by the ready map (reference 1.1.2 to 1.1.5, problem 11)."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from alertd.assembly.rest import rest
from alertd.config.feeds import RestFeed
from tests.peers.json_portal import JsonPortal

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 3, 10, 3, tzinfo=UTC)
#: All values are texts, as the adapter has them; the citizen is visibly made up.
ITEM = {
    "MaHoSo": "H27.35-260302-0007", "MaTTHC": "2.000815", "TenTTHC": "Chứng thực bản sao từ bản chính",
    "MaLinhVuc": "CT", "TenLinhVuc": "Chứng thực", "SoBienNhan": "35.2026.0007", "ChuHoSo": "Công dân mẫu 7",
    "LoaiDoiTuong": "1", "MaDoiTuong": "MAU-7", "ThongTinKhac": "", "Email": "", "Fax": "", "SoDienThoai": "",
    "TrichYeuHoSo": "Dinhkem", "NgayTiepNhan": "20260302080000", "NgayHenTra": "20260304160000", "TrangThaiHoSo": "4",
    "NgayTra": "", "ThongTinTra": "", "HinhThuc": "0", "NgayKetThucXuLy": "", "DonViXuLy": "Phòng Tư pháp", "GhiChu": "",
    "TaiLieuNop": [], "DanhSachLePhi": [], "DanhSachTepDinhKemKhac": [], "DanhSachHoSoBoSung": [],
    "DanhSachGiayToKetQua": [], "KenhThucHien": "2", "NoiNopHoSo": "Trung tâm Phục vụ hành chính công",
    "HoSoCoThanhPhanSoHoa": "1", "DuocThanhToanTrucTuyen": "3", "NgayNopHoSo": "20260301201500", "NgayTuChoi": "",
}  # fmt: skip


async def seen(*items, **more):
    async with JsonPortal(
        [{**ITEM, "MaHoSo": f"H27-{at}", **item} for at, item in enumerate(items)], paging="none"
    ) as one:
        settings = {"name": "quoc-gia", "type": "rest", "url": one.url, "rows": "$.data.items", "paging": "none",
                    "map": "dvcqg", "deadlines": "false", **more}  # fmt: skip
        (source,) = rest(RestFeed.model_validate(settings), HANOI).sources(NOW)
        pages = [page async for page in source.pages()]
    assert [reject for page in pages for reject in page.rejects] == []
    return [observation for page in pages for observation in page.observations]


async def test_an_item_becomes_an_observation_without_its_citizen():
    (one,) = await seen({"MaHoSo": ITEM["MaHoSo"]})
    assert (one.key, one.code, one.aliases) == ("H27.35-260302-0007", "H27.35-260302-0007", ("35.2026.0007",))
    assert (one.unit, one.received_unit) == ("Phòng Tư pháp", "Trung tâm Phục vụ hành chính công")
    assert (one.procedure_code, one.procedure, one.field) == ("2.000815", ITEM["TenTTHC"], "Chứng thực")
    assert (one.phase, one.status, one.channel) == ("running", "4", "online")
    assert one.submitted_at == datetime(2026, 3, 1, 20, 15, tzinfo=HANOI)
    assert one.received_at == datetime(2026, 3, 2, 8, tzinfo=HANOI)
    assert (one.fee_total, one.fee, one.paid_online, one.result_digital) == (None, None, False, None)
    assert (one.components_digital, one.supplements) == (True, 0)
    assert "mẫu" not in str(one)
    assert "MAU-7" not in str(one)


async def test_no_deadline_is_taken_from_the_copy():
    (one,) = await seen({})
    assert (one.due_at, one.due_on, one.untimed) == (None, None, True)


@pytest.mark.parametrize(
    ("status", "phase"),
    [
        ("1", "pre"),
        ("2", "running"),
        ("3", "rejected"),
        ("4", "running"),
        ("5", "paused"),
        ("6", "paused"),
        ("7", "cancelled"),
        ("8", "unknown"),  # paused in one system, refused in another
        ("10", "returned"),
        ("05", "paused"),
        ("0", "unknown"),
        ("11", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
async def test_each_state_of_the_national_list(status, phase):
    assert [one.phase for one in await seen({"TrangThaiHoSo": status})] == [phase]


async def test_state_8_means_what_the_feed_says():
    assert [one.phase for one in await seen({"TrangThaiHoSo": "8"}, statuses={"paused": ["8"]})] == ["paused"]


@pytest.mark.parametrize(
    ("finish", "phase"),
    [("", "unknown"), (ITEM["NgayTiepNhan"], "unknown"), ("20260301080000", "unknown"), ("20260304090000", "done")],
)
async def test_problem_11_a_national_9_without_a_finish_after_the_receipt_is_not_taken_for_done(finish, phase):
    (one,) = await seen({"TrangThaiHoSo": "9", "NgayKetThucXuLy": finish})
    assert one.phase == phase
    assert one.finished_at == (datetime(2026, 3, 4, 9, tzinfo=HANOI) if phase == "done" else None)


async def test_a_refusal_ends_with_its_own_date():
    (one,) = await seen({"TrangThaiHoSo": "3", "NgayTuChoi": "20260303090000"})
    assert (one.phase, one.finished_at) == ("rejected", datetime(2026, 3, 3, 9, tzinfo=HANOI))


@pytest.mark.parametrize(
    ("code", "channel"), [("1", "direct"), ("2", "online"), ("3", "postal"), ("", "unknown"), ("4", "unknown")]
)
async def test_each_way_of_filing(code, channel):
    assert [one.channel for one in await seen({"KenhThucHien": code})] == [channel]


@pytest.mark.parametrize(("code", "paid"), [("1", True), ("2", True), ("3", False), ("", None), ("9", None)])
async def test_payment_is_known_or_not(code, paid):
    assert [one.paid_online for one in await seen({"DuocThanhToanTrucTuyen": code})] == [paid]


async def test_lists_within_the_item_are_counted_added_up_and_looked_through():
    (one,) = await seen({
        "DanhSachHoSoBoSung": [{"NgayHenTraTruoc": "20260304160000"}, {"NgayHenTraTruoc": "20260309160000"}],
        "DanhSachLePhi": [{"Gia": "50000"}, {"Gia": "8000"}],
        "DanhSachGiayToKetQua": [{"DuongDanTepTinKetQua": ""}, {"DuongDanTepTinKetQua": "https://kho.example/1"}],
    })  # fmt: skip
    assert one.supplements == 2
    assert one.due_before_at == datetime(2026, 3, 9, 16, tzinfo=HANOI)
    assert (one.fee_total, one.fee, one.result_digital) == (58000, True, True)
    (none,) = await seen({"DanhSachGiayToKetQua": [{"DuongDanTepTinKetQua": ""}], "DanhSachLePhi": [{"Gia": "0"}]})
    assert (none.fee_total, none.fee, none.result_digital) == (0, False, False)


async def test_a_feeds_own_fields_and_tables_go_before_those_of_the_map():
    (one,) = await seen(
        {"MaHoSoKhac": "TX-1", "KenhThucHien": "A", "DuocThanhToanTrucTuyen": "x", "DanhSachGiayToKetQua": []},
        fields={"aliases": "$['SoBienNhan', 'MaHoSoKhac']", "unit": "$.NoiNopHoSo"},
        channel_values={"online": "A"},
        values={"paid_online": {"yes": "x"}},
    )
    assert one.aliases == ("35.2026.0007", "TX-1")
    assert (one.unit, one.channel, one.paid_online) == ("Trung tâm Phục vụ hành chính công", "online", True)
    assert one.procedure == ITEM["TenTTHC"]
