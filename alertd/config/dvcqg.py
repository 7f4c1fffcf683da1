"""The ready map of one dossier as the national portal's adapter has it: an item of `DongBoHoSoMC` (reference 1.1.2).

All values are texts, dates `yyyyMMddHHmmss` in local time. Circular 04/2025/TT-VPCP may rename fields; a feed's own
`fields:` go before these. The states 0 to 11 are in the table of `alertd.feeds.statuses`: 8 means two things and 0, 11
and an empty state nothing for sure, so they are unknown until the feed's `statuses:` say more (reference 4.3).

The copy is unfit for deadlines: senders pass on paused dossiers as 9 "Đã xử lý xong", finished at the instant of their
receipt (reference 1.1.5). So a feed with this map must say `deadlines: false`, and its 9 is believed only with a finish
after the receipt.
"""

from __future__ import annotations

from alertd.config.rest import ReadyMap, compiled_fields

#: SoBienNhan is the receipt's number in the local system. `supplements` counts the list; of several earlier due dates
#: the latest is the one that was replaced.
_FIELDS = compiled_fields(
    {
        "code": "$.MaHoSo",
        "aliases": "$.SoBienNhan",
        "status": "$.TrangThaiHoSo",
        "unit": "$.DonViXuLy",
        "received_unit": "$.NoiNopHoSo",
        "procedure_code": "$.MaTTHC",
        "procedure": "$.TenTTHC",
        "field": "$.TenLinhVuc",
        "channel": "$.KenhThucHien",
        "submitted_at": "$.NgayNopHoSo",
        "received_at": "$.NgayTiepNhan",
        "due_at": "$.NgayHenTra",
        "finished_at": ("$.NgayKetThucXuLy", "$.NgayTuChoi"),
        "returned_at": "$.NgayTra",
        "due_before_at": "$.DanhSachHoSoBoSung[*].NgayHenTraTruoc",
        "supplements": "$.DanhSachHoSoBoSung",
        "fee_total": "$.DanhSachLePhi[*].Gia",
        "paid_online": "$.DuocThanhToanTrucTuyen",
        "result_digital": "$.DanhSachGiayToKetQua[*].DuongDanTepTinKetQua",
        "components_digital": "$.HoSoCoThanhPhanSoHoa",
    }
)

DVCQG = ReadyMap(
    _FIELDS,
    # KenhThucHien: 1 at the counter, 2 online, 3 by post
    channel_values={"direct": ("1",), "online": ("2",), "postal": ("3",)},
    values={
        # 1 through the national gateway, 2 through a local one, 3 not
        "paid_online": {"yes": ("1", "2"), "no": ("3",)},
        # a result paper is digital by the address of its file; where no paper is listed, nothing is known
        "result_digital": {"yes": ("*",), "no": ("-",)},
    },
    done_needs_finish=True,
    fit=False,
)
