"""Words for terms of storage: what is wrong with one, and what each class of data is still needed for."""

from __future__ import annotations

from alertd.core.keeping import Kind

#: What would be missing if a class went sooner, in Vietnamese and English.
NEEDED: dict[Kind, tuple[str, str]] = {
    Kind.DOSSIERS: (
        "tỷ lệ của năm và báo cáo năm sau Tết còn cần hồ sơ của cả năm, giải trình và lịch sử của chúng",
        "the rates of the year and the report after it need the dossiers of the whole year with their history",
    ),
    Kind.MESSAGES: (
        "giải trình của quý đang xét còn cần biết đã báo ai, khi nào",
        "who was told what must be shown for the quarter under review",
    ),
    Kind.ACCESS: (
        "nhật ký truy cập phải xem lại được ít nhất một năm; cơ sở dữ liệu cũng không cho xóa sớm hơn",
        "the log must serve for a year at least; the database refuses sooner too",
    ),
    Kind.QUARANTINE: (
        "người quản trị cần một tuần để sửa dòng treo",
        "the admin needs a week to mend such rows",
    ),
    Kind.INBOUND: (
        "nhà cung cấp có thể gửi lại, và người quản trị cần một tuần để xem",
        "providers may repeat them, and the admin needs a week to look",
    ),
    Kind.POLLS: (
        "khi nguồn hỏng cần xem lại các lần đọc của tháng",
        "where a feed fails, the readings of the month are looked at",
    ),
    Kind.CONFIGURATIONS: (
        "giải trình và đếm lại tuần của năm còn cần biết quy tắc khi ấy",
        "explaining and counting again what happened this year needs the rules of then",
    ),
    Kind.WEEKS: (
        "báo cáo tuần đã chốt là tài liệu của cơ quan; cơ sở dữ liệu cũng không cho xóa sớm hơn",
        "frozen weeks are records of the office; the database refuses sooner too",
    ),
}

RETENTION: dict[str, tuple[str, str, str, str]] = {
    "retention.short": (
        "{key}: {value} quá ngắn, {why}",
        "viết ít nhất {least}, hoặc keep",
        "{key}: {value} is too short, {why}",
        "write at least {least}, or keep",
    ),
    "retention.messages": (
        "tin nhắn giữ {messages}, lâu hơn hồ sơ ({dossiers}): mã hồ sơ đã xóa sẽ còn trong tin",
        "viết messages không dài hơn dossiers",
        "messages are kept {messages}, longer than dossiers ({dossiers}): they would name dossiers that are deleted",
        "write messages not longer than dossiers",
    ),
}
