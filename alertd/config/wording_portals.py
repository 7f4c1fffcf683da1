"""Words for faults of portals that are asked over HTTP."""

from __future__ import annotations

PORTALS: dict[str, tuple[str, str, str, str]] = {
    "feed.login": (
        "có {given} mà thiếu {missing}",
        "viết cả username và password, hoặc bỏ cả hai",
        "there is {given} and no {missing}",
        "write both username and password, or neither",
    ),
    "feed.filter": (
        "tham số '{key}' do alertd tự đặt",
        "bỏ dòng này; lọc theo ngày hoặc đơn vị",
        "alertd sets the parameter '{key}' itself",
        "remove the line; filter by date or unit",
    ),
    "igate.sso": (
        "phải có đúng một trong hai khóa sso và token_url",
        'viết sso: "https://sso.tinh.example/auth" (kèm realm nếu khác digo), hoặc token_url',
        "exactly one of sso and token_url must be written",
        'write sso: "https://sso.province.example/auth" (and realm, if it is not digo), or token_url',
    ),
    "igate.login": (
        "chưa có cách lấy token",
        "viết client_secret, hoặc username và password, hoặc cả ba",
        "there is no way to get a token",
        "write client_secret, or username and password, or all three",
    ),
    "igate.sort": (
        "'{value}' không phải thứ tự tăng dần theo một trường",
        'viết "id,asc", hoặc một trường khác không bao giờ đổi',
        "'{value}' is no ascending order by a field",
        'write "id,asc", or another field that never changes',
    ),
}
