"""Words for faults of a file of rule tests."""

from __future__ import annotations

TESTS: dict[str, tuple[str, str, str, str]] = {
    "test.dossier-twice": (
        "hồ sơ '{code}' đã có ở trên trong cùng bài thử",
        "mỗi hồ sơ một mã",
        "the dossier '{code}' stands above already in this test",
        "give each its own code",
    ),
    "test.dossier": (
        "bài thử không có hồ sơ '{code}'",
        "{near}",
        "the test has no dossier '{code}'",
        "{near}",
    ),
    "test.which": (
        "không rõ hồ sơ nào: bài thử có nhiều hồ sơ",
        "viết thêm dossier: MÃ",
        "it is not clear which dossier: the test has several",
        "write dossier: CODE",
    ),
    "test.step": (
        "không chính sách nào có bước '{step}'",
        "{near}",
        "no policy has a step '{step}'",
        "{near}",
    ),
    "test.outside": (
        "thời điểm này nằm ngoài clock của bài thử",
        "sửa at, hoặc nới from, to",
        "this instant is outside the test's clock",
        "correct at, or widen from and to",
    ),
    "test.backwards": (
        "clock kết thúc trước khi bắt đầu",
        "to phải sau from và sau ngày tiếp nhận đầu tiên",
        "the clock ends before it begins",
        "to must come after from and after the first receipt",
    ),
    "test.no-begin": (
        "không rõ bắt đầu từ khi nào",
        "viết from, hoặc received_at cho hồ sơ",
        "it is not clear where to begin",
        "write from, or received_at of a dossier",
    ),
}
