"""A first alertd.yaml from the answers to `alertd init`: what must be written, and nothing that is the default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alertd.commands.feed_block import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: What each channel keeps secret: a name in the environment or a file in `secrets/`, and the question for it.
SECRETS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "telegram": (("ALERTD_TELEGRAM_TOKEN", "Mã bot Telegram (BotFather cấp) / Telegram bot token"),),
    "zalo": (
        ("ALERTD_ZALO_SECRET", "Khóa bí mật của ứng dụng Zalo / Zalo application secret key"),
        ("ALERTD_ZALO_ACCESS", "Access token của Official Account / access token"),
        ("ALERTD_ZALO_REFRESH", "Refresh token của Official Account / refresh token"),
    ),
    "zalo_bot": (("ALERTD_ZALO_BOT_TOKEN", "Mã bot Zalo / Zalo bot token"),),
    "email": (("ALERTD_EMAIL_PASSWORD", "Mật khẩu hộp thư gửi / password of the sending mailbox"),),
    "webhook": (("ALERTD_WEBHOOK_SECRET", "Khóa ký gói tin webhook / webhook signing secret"),),
    "console": (),
}
PORTAL_PASSWORD = "ALERTD_PORTAL_PASSWORD"  # noqa: S105 - a name
CLIENT_SECRET = "ALERTD_PORTAL_CLIENT_SECRET"  # noqa: S105 - a name


@dataclass(frozen=True)
class Answers:
    """What was answered. `feed` are the lines of the feed; `options` are keys of channels, by channel."""

    feed: Sequence[str]
    channels: Sequence[str]
    options: Mapping[str, Mapping[str, str]]
    admin: str
    storage: str


def lines(answers: Answers) -> Iterator[str]:
    """The lines of alertd.yaml."""
    yield "# yaml-language-server: $schema=schema/alertd.json"
    yield "# alertd: múi giờ, nơi lưu, nguồn hồ sơ, kênh gửi. Sau khi sửa, chạy `alertd check` để kiểm tra."
    yield "# Mật khẩu và mã bí mật viết ${TÊN}: lấy từ biến môi trường, hoặc từ tệp cùng tên trong thư mục secrets/."
    yield ""
    yield "timezone: Asia/Ho_Chi_Minh"
    yield f"storage: {{url: {quoted(answers.storage)}}}        # tính từ thư mục đang đứng khi chạy alertd"
    yield f"admin: person:{answers.admin}        # nghe tin nguồn hồ sơ hoặc kênh gửi bị hỏng"
    yield 'key: "${ALERTD_KEY}"        # ký nút bấm, mã hóa khóa của nhà cung cấp; mất là mọi người phải kết nối lại'
    yield ""
    yield "feeds:"
    yield from answers.feed
    yield ""
    yield "channels:"
    for name in answers.channels:
        yield from _channel(name, answers.options.get(name, {}))
    yield ""
    yield "delivery:"
    yield '  slots: ["07:30", "13:00"]        # hai đợt gửi mỗi ngày làm việc'
    yield '  quiet: "21:30-06:30"             # giờ yên lặng'
    yield ""
    yield 'web: {listen: "127.0.0.1:8080"}'


def _channel(name: str, options: Mapping[str, str]) -> Iterator[str]:
    keys = {
        "telegram": {"token": "${ALERTD_TELEGRAM_TOKEN}"},
        "zalo": {
            "secret_key": "${ALERTD_ZALO_SECRET}",
            "access_token": "${ALERTD_ZALO_ACCESS}",
            "refresh_token": "${ALERTD_ZALO_REFRESH}",
        },
        "zalo_bot": {"token": "${ALERTD_ZALO_BOT_TOKEN}"},
        "email": {"password": "${ALERTD_EMAIL_PASSWORD}"},
        "webhook": {"secret": "${ALERTD_WEBHOOK_SECRET}"},
    }.get(name, {})
    if not keys:
        yield f"  {name}: {{}}"
        return
    yield f"  {name}:"
    for key, value in {**options, **keys}.items():
        yield f"    {key}: {value if value.startswith('{') else quoted(value)}"


def sheet(path: str) -> list[str]:
    """A feed of exports whose headers are known."""
    return ["  - name: dossiers", "    type: sheet", f"    path: {quoted(path)}", "    scope: part"]


def opencps(url: str, username: str, groups: Sequence[str]) -> list[str]:
    """A feed of an OpenCPS portal."""
    return [
        "  - name: dossiers",
        "    type: opencps",
        f"    url: {quoted(url)}",
        f"    username: {quoted(username)}",
        f'    password: "${{{PORTAL_PASSWORD}}}"',
        f"    groups: [{', '.join(map(quoted, groups))}]",
        "    scope: part",
    ]


def igate(url: str, sso: str, client_id: str) -> list[str]:
    """A feed of a VNPT iGate portal."""
    return [
        "  - name: dossiers",
        "    type: igate",
        f"    url: {quoted(url)}",
        f"    sso: {quoted(sso)}",
        f"    client_id: {quoted(client_id)}",
        f'    client_secret: "${{{CLIENT_SECRET}}}"',
        "    scope: part",
    ]
