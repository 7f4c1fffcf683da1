"""The column sets that real systems export (reference 1.5) need no `columns:`: headers as recorded, rows generated."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import xlsxwriter

from tests.feeds.sheets import HANOI, csv_file, read

OPENCPS = [
    "Mã hồ sơ", "Nội dung", "Chủ hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả", "Trạng thái", "Hạn xử lý",
]  # fmt: skip
OPENCPS_OPTIONAL = [
    "Mã thủ tục", "Cơ quan thụ lý", "Sổ theo dõi", "Địa chỉ", "Số điện thoại", "Thư điện tử", "Người nộp hồ sơ",
    "Điện thoại liên lạc", "Ngày gửi", "Ngày gia hạn", "Ngày hoàn thành", "Ngày trả", "Trực tuyến", "Mã hồ sơ gốc",
    "Ghi chú xử lý", "Ghi chú nộp",
]  # fmt: skip
TD_LIST = [
    "STT", "Đơn vị tiếp nhận", "Lĩnh vực", "Tên thủ tục hành chính", "Mã hồ sơ", "Trạng thái", "Địa chỉ", "Chủ hồ sơ",
    "Ngày nhận", "Ngày hẹn trả", "Ngày kết thúc xử lý", "Đơn vị/ cá nhân giải quyết",
]  # fmt: skip
TD_OVERDUE = [
    "STT", "Mã hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả", "Đơn vị giải quyết", "Cán bộ đang xử lý", "Ghi chú",
]  # fmt: skip
TRACKER = [
    "soHoSo", "quyTrinh", "tenDonVi", "boPhanHienTai", "menuHienTai", "coQuanXuLy", "canBoXuLy", "ngayNhan", "ngayTra",
    "traThucTe",
]  # fmt: skip


def at(*parts):
    return datetime(2024, 6, *parts, tzinfo=HANOI)


def test_opencps_with_its_default_columns(tmp_path):
    path = tmp_path / "export.xlsx"
    with xlsxwriter.Workbook(path) as book:
        tab = book.add_worksheet()
        tab.write_row(0, 0, OPENCPS)
        tab.write_row(1, 0, ["H27.35-240603-0001", "Cải chính hộ tịch", "Công dân mẫu 1", "03/06/2024 08:00",
                             "05/06/2024 16:00", "Đang xử lý", "Còn 2 ngày"])  # fmt: skip
        tab.write_row(2, 0, ["H27.35-240603-0002", "Khai sinh", "Công dân mẫu 2", "03/06/2024 09:00", "", "Yêu cầu bổ sung",
                             "Quá hạn 1 ngày"])  # fmt: skip
    found = read(path)
    assert (found.rejects, found.codes) == ([], ["H27.35-240603-0001", "H27.35-240603-0002"])
    one, other = found.rows
    assert (one.received_at, one.due_at, one.phase, one.status) == (at(3, 8), at(5, 16), "running", "Đang xử lý")
    assert (other.due_at, other.due_on, other.phase) == (None, None, "paused")
    assert "mẫu" not in str(found)


def test_opencps_with_all_its_columns(tmp_path):
    row = dict.fromkeys(OPENCPS + OPENCPS_OPTIONAL, "x") | {
        "Mã hồ sơ": "H27.35-240603-0003", "Ngày tiếp nhận": "03/06/2024 08:00", "Ngày hẹn trả": "05/06/2024 16:00",
        "Trạng thái": "Đã trả kết quả", "Hạn xử lý": "Đúng hạn", "Mã thủ tục": "2.000815", "Cơ quan thụ lý": "Phòng Tư pháp",
        "Ngày gửi": "02/06/2024 21:00", "Ngày gia hạn": "", "Ngày hoàn thành": "05/06/2024 10:00",
        "Ngày trả": "06/06/2024 08:00", "Trực tuyến": "true", "Mã hồ sơ gốc": "000.00.00.H27-240603-0009",
    }  # fmt: skip
    found = read(csv_file(tmp_path, ",".join(row), ",".join(row.values())))
    (seen,) = found.rows
    assert (seen.procedure_code, seen.unit, seen.channel) == ("2.000815", "Phòng Tư pháp", "online")
    assert (seen.submitted_at, seen.finished_at, seen.returned_at) == (at(2, 21), at(5, 10), at(6, 8))
    assert (seen.aliases, seen.phase) == (("000.00.00.H27-240603-0009",), "returned")


def test_the_list_of_td_below_an_empty_merged_row(tmp_path):
    cells = ["1", "Bộ phận một cửa", "Hộ tịch", "Cải chính hộ tịch", "H56-240603-0001", "4", "Tổ 1", "Công dân mẫu 1",
             "03/06/2024 08:00:00", "05/06/2024 17:00:00", "", "Phòng Tư pháp"]  # fmt: skip
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>" for line in (TD_LIST, cells))
    path = tmp_path / "danh-sach.xls"
    path.write_text(f'<table><tr><td colspan="12"></td></tr>{rows}</table>', encoding="utf-8")
    found = read(path)
    (seen,) = found.rows
    assert (found.rejects, found.notes) == ([], [])
    assert (seen.received_unit, seen.field, seen.procedure) == ("Bộ phận một cửa", "Hộ tịch", "Cải chính hộ tịch")
    assert (seen.received_at, seen.due_at, seen.phase) == (at(3, 8), at(5, 17), "running")
    assert seen.officers == ("Phòng Tư pháp",)


def test_the_appendix_of_overdue_dossiers_with_group_rows_over_all_columns(tmp_path):
    path = tmp_path / "phu-luc.xlsx"
    with xlsxwriter.Workbook(path) as book:
        tab = book.add_worksheet()
        tab.merge_range(0, 0, 0, 6, "Phụ lục II: DANH SÁCH ĐƠN VỊ, CÁ NHÂN ĐANG CHẬM TRỄ")
        tab.write_row(2, 0, TD_OVERDUE)
        tab.merge_range(3, 0, 3, 6, "I. Phòng Tư pháp (2 hồ sơ)")
        tab.write_row(4, 0, [1, "H56-240601-0001", "01/06/2024", "03/06/2024", "", "tp.a; tp.b##tp.c"])
        tab.write_row(5, 0, [2, "H56-240601-0002", "01/06/2024", "03/06/2024", "Phòng Nội vụ", "nv.a"])
        tab.merge_range(6, 0, 6, 6, "II. Văn phòng HĐND và UBND")
        tab.write_row(7, 0, [3, "H56-240601-0003", "01/06/2024", "03/06/2024", "", "Chuyên viên"])
        tab.merge_range(8, 0, 8, 1, "Tổng cộng: 3 hồ sơ")
    found = read(path)
    assert found.rejects == []
    assert [row.unit for row in found.rows] == ["Phòng Tư pháp", "Phòng Nội vụ", "Văn phòng HĐND và UBND"]
    assert [row.officers for row in found.rows] == [("tp.a", "tp.b", "tp.c"), ("nv.a",), ("Chuyên viên",)]
    assert {row.due_on for row in found.rows} == {date(2024, 6, 3)}
    assert found.notes == ["rows without a dossier, passed over: 2 × group row, 1 × total"]


def test_the_tracker_of_a_commune(tmp_path):
    found = read(
        csv_file(
            tmp_path,
            ",".join(TRACKER),
            "03706/2026/07906,Chứng thực bản sao,UBND xã,Một cửa,Chờ xử lý,Phòng Văn hóa - Xã hội,vhxh.a,03/06/2024,05/06/2024,",
            "03706/2026/07907,Khai sinh,UBND xã,Một cửa,Đã xong,Phòng Văn hóa - Xã hội,vhxh.a,03/06/2024,05/06/2024,04/06/2024",
        )
    )
    assert found.rejects == []
    running, returned = found.rows
    assert (running.code, running.unit, running.officers) == ("03706/2026/07906", "Phòng Văn hóa - Xã hội", ("vhxh.a",))
    assert (running.procedure, running.step) == ("Chứng thực bản sao", "Một cửa")
    assert (running.received_at, running.due_on, running.phase) == (at(3), date(2024, 6, 5), "running")
    assert (returned.returned_at, returned.finished_at, returned.phase) == (at(4), None, "returned")


def test_the_list_of_a_land_office_knows_dossiers_by_their_receipt(tmp_path):
    found = read(csv_file(tmp_path, "STT,Số biên nhận,Ngày nhận,Ngày hẹn trả kết quả", "1,H27-1,03/06/2024,05/06/2024"))
    assert (found.codes, found.rows[0].aliases, found.rows[0].due_on) == (["H27-1"], (), date(2024, 6, 5))


@pytest.mark.parametrize(("text", "due"), [("Còn 2 ngày", None), ("", None), ("05/06/2024", date(2024, 6, 5))])
def test_a_time_limit_may_be_a_text_or_a_date_and_the_column_decides(tmp_path, text, due):
    found = read(csv_file(tmp_path, "Mã hồ sơ,Ngày tiếp nhận,Hạn xử lý", f"H27-1,03/06/2024,{text}"))
    assert (found.codes, found.rows[0].due_on, found.rejects) == (["H27-1"], due, [])
    assert (found.notes != []) == (due is None)


def test_a_text_among_dates_in_the_column_of_the_time_limit_is_set_aside(tmp_path):
    found = read(csv_file(tmp_path, "Mã hồ sơ,Hạn xử lý", "H27-1,05/06/2024", "H27-2,Còn 2 ngày"))
    assert (found.codes, [reject.row for reject in found.rejects]) == (["H27-1"], [3])
