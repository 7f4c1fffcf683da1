"""What a sheet says besides the clock: unknown values cost no row and never become a no."""

from __future__ import annotations

from datetime import datetime

from tests.feeds.sheets import HANOI, csv_file, read

HEAD = (
    "Mã hồ sơ,Số biên nhận,Mã hồ sơ gốc,Mã hồ sơ cha,Bước xử lý,Hạn xử lý bước,Hạn tiếp nhận,Số lần bổ sung,Mức độ,"
    'Có phí,"Phí, lệ phí",Thanh toán trực tuyến,Có kết quả giải quyết,Số hóa kết quả,Số hóa thành phần hồ sơ,Ngày hẹn trả cũ'
)


def test_every_column_besides_the_clock_is_read_by_its_usual_header(tmp_path):
    line = (
        "H27-1,BN-7;bn-8,h27-1,H27-0,Thẩm định,04/06/2024 11:00,03/06/2024 16:00,2,4,Có,1.234.000 đ,Trực tuyến,Có,"
        "Chưa,x,01/06/2024 08:00"
    )
    (seen,) = read(csv_file(tmp_path, HEAD, line)).rows
    assert (seen.aliases, seen.parent) == (("BN-7", "bn-8"), "H27-0")
    assert (seen.step, seen.step_due_at) == ("Thẩm định", datetime(2024, 6, 4, 11, tzinfo=HANOI))
    assert seen.accept_due_at == datetime(2024, 6, 3, 16, tzinfo=HANOI)
    assert seen.due_before_at == datetime(2024, 6, 1, 8, tzinfo=HANOI)
    assert (seen.supplements, seen.service_level) == (2, "full")
    assert (seen.fee, seen.fee_total, seen.paid_online) == (True, 1_234_000, True)
    assert (seen.result_required, seen.result_digital, seen.components_digital) == (True, False, True)


def test_what_cannot_be_read_is_unknown_and_noted_and_costs_no_row(tmp_path):
    line = "H27-1,3.52112E+11,,,,,,nhiều,IV,có lẽ,1.5,VNPAY,,,,"
    found = read(csv_file(tmp_path, HEAD, line, "H27-2,,,,,,,,,,,,,,,"))
    seen, empty = found.rows
    assert found.rejects == []
    assert (seen.aliases, seen.supplements, seen.service_level) == ((), None, "")
    assert (seen.fee, seen.fee_total, seen.paid_online, seen.result_digital) == (None, None, None, None)
    assert (empty.fee, empty.paid_online, empty.result_digital, empty.service_level) == (None, None, None, "")
    assert [note.partition(":")[0] for note in found.notes] == [
        "supplements", "service_level", "fee_total", "fee", "paid_online", "aliases",
    ]  # fmt: skip
    assert "(the first in row 2)" in found.notes[0]
    assert "VNPAY" not in str(found.notes)


def test_a_feed_s_own_values_are_read(tmp_path):
    found = read(csv_file(tmp_path, "Mã hồ sơ,Hình thức thanh toán,Mức độ", "H27-1,VNPAY,IV"),
                 values={"paid_online": {"yes": ["VNPAY"]}, "service_level": {"full": ["IV"]}})  # fmt: skip
    assert (found.rows[0].paid_online, found.rows[0].service_level, found.notes) == (True, "full", [])


def test_an_unreadable_deadline_of_acceptance_sets_its_row_aside(tmp_path):
    found = read(csv_file(tmp_path, "Mã hồ sơ,Hạn tiếp nhận", "H27-1,mai"))
    assert found.reasons[0][1].startswith("accept_due_at: 'mai' is not a date")


def test_a_repetition_with_another_alias_is_shown(tmp_path):
    found = read(csv_file(tmp_path, "Mã hồ sơ,Số biên nhận", "H27-1,BN-1", "H27-1,BN-2", "H27-1,BN-1"))
    assert (found.codes, [reject.row for reject in found.rejects]) == (["H27-1"], [3])


def test_a_named_key_is_the_identity_and_the_code_is_what_is_shown(tmp_path):
    path = csv_file(tmp_path, "id,Mã hồ sơ", "a-1,H27-1", "a-2,H27-1")
    found = read(path, columns={"key": ["id"], "code": ["Mã hồ sơ"]})
    assert [(row.key, row.code) for row in found.rows] == [("a-1", "H27-1"), ("a-2", "H27-1")]
    assert [row.key for row in read(path).rows] == ["H27-1"]
