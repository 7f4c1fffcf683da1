"""Help on the keys of a file of rule tests."""

from __future__ import annotations

TESTS: dict[str, dict[str, tuple[str, str]]] = {
    "TestsModel": {
        "tests": ("Các bài thử.", "The tests."),
    },
    "TestModel": {
        "name": ("Bài thử này cho thấy điều gì.", "What the test shows, as a sentence."),
        "people": (
            "Người của riêng bài thử, viết như trong organisation.yaml; trùng mã thì thay người ở đó.",
            "People of this test, as in organisation.yaml; one of the same id takes the other's place.",
        ),
        "dossiers": ("Các hồ sơ.", "The dossiers."),
        "acknowledged": ("Ai bấm xác nhận hồ sơ nào, lúc nào.", "Who acknowledges which dossier, and when."),
        "clock": ("Xét từ khi nào đến trước khi nào.", "The stretch of time that is looked at."),
        "expect": (
            "Mọi tin phải có trong thời gian ấy; tin khác là không đạt. nobody là không ai được báo.",
            "Everything that is told in that time; anything else fails the test. nobody: nobody is told.",
        ),
    },
    "DossierModel": {
        "code": ("Mã hồ sơ.", "The dossier's code."),
        "unit": ("Đơn vị đang giải quyết, viết như nguồn ghi.", "The processing unit, as a feed writes it."),
        "officer": ("Cán bộ xử lý: tên đăng nhập trên cổng, hoặc họ tên.", "The handler, as a feed writes it."),
        "procedure_code": ("Mã thủ tục.", "The procedure's code."),
        "procedure": ("Tên thủ tục.", "The procedure's name."),
        "field": ("Lĩnh vực.", "The field."),
        "channel": ("Hình thức nộp: direct, online, postal, unknown (mặc định).", "How it was filed."),
        "phase": ("Giai đoạn: running (mặc định), paused, pre…", "Its phase; running by default."),
        "submitted_at": ("Ngày nộp.", "When it was submitted."),
        "accept_due_at": ("Hạn tiếp nhận mà cổng ghi.", "By when it is to be accepted, as the portal states it."),
        "received_at": ("Lúc tiếp nhận, như 2026-06-01T08:00.", "When it was received."),
        "due_at": (
            "Hạn trả: lúc nào, hoặc chỉ ngày (hết buổi làm việc).",
            "When it is due; a date means its last session.",
        ),
        "finished_at": ("Lúc xử lý xong.", "When it was finished."),
        "returned_at": ("Lúc trả kết quả.", "When the result was returned."),
    },
    "AnswerModel": {
        "person": ("Mã người bấm xác nhận.", "Who acknowledges."),
        "dossier": ("Mã hồ sơ; chỉ có một hồ sơ thì không cần ghi.", "Which dossier, where there are several."),
        "at": ("Lúc nào.", "When."),
    },
    "ClockModel": {
        "from": ("Từ lúc này. Mặc định: lúc tiếp nhận đầu tiên.", "From this instant on. Default: the first receipt."),
        "to": ("Đến trước lúc này.", "Up to but not including this instant."),
    },
    "ExpectModel": {
        "dossier": ("Mã hồ sơ; chỉ có một hồ sơ thì không cần ghi.", "Which dossier, where there are several."),
        "step": ("Bước nào của chính sách.", "The step's name in its policy."),
        "at": ("Lúc bước ấy đến giờ.", "When the step falls due."),
        "to": ("Mã những người được báo.", "The ids of those who are told."),
    },
}
