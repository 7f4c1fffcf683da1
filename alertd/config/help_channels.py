"""Help on the keys of `channels:`."""

from __future__ import annotations

CHANNELS: dict[str, dict[str, tuple[str, str]]] = {
    "Channels": {
        "console": ("In tin ra màn hình, để thử.", "Messages on the terminal, for trying out."),
        "webhook": ("Gửi JSON có chữ ký tới một cổng tin nhắn.", "Signed JSON to a gateway."),
        "telegram": ("Bot Telegram.", "A Telegram bot."),
        "zalo": ("Zalo Official Account.", "A Zalo Official Account."),
        "zalo_bot": ("Bot của Zalo.", "A bot of the Zalo Bot platform."),
        "email": ("Máy chủ thư điện tử.", "A mail server."),
    },
    "Webhook": {
        "url": ("Địa chỉ nhận, http hoặc https.", "Where to post."),
        "secret": ("Mã bí mật để ký, viết ${TÊN}.", "Signs each call, as ${NAME}."),
        "timeout": ("Chờ trả lời bao lâu. Mặc định 10s.", "How long to wait. Default 10s."),
        "per_second": (
            "Tối đa bao nhiêu lần gọi mỗi giây. Mặc định: không giới hạn.",
            "Calls a second. Default: no pace.",
        ),
    },
    "Telegram": {
        "token": ("Mã của bot, viết ${TÊN}.", "The bot's token, as ${NAME}."),
        "name": ("Tên người dùng của bot, để làm đường dẫn mời.", "The bot's user name, for invitations."),
        "base_url": ("Máy chủ Bot API riêng, nếu có.", "A Bot API server of one's own."),
        "proxy": ("Proxy, nơi nhà mạng chặn Telegram.", "A proxy, where carriers block Telegram."),
        "answers": ("false: không nhận trả lời và nút bấm. Mặc định true.", "false: no answers and no buttons."),
        "per_second": ("Tối đa bao nhiêu tin mỗi giây. Mặc định 25.", "Messages a second. Default 25."),
    },
    "Zalo": {
        "app_id": ("Mã ứng dụng Zalo.", "The application's id."),
        "secret_key": ("Khóa bí mật của ứng dụng, viết ${TÊN}.", "The application's secret key, as ${NAME}."),
        "oa_id": ("Mã Official Account.", "The account's id."),
        "access_token": ("Mã truy cập đầu tiên, viết ${TÊN}.", "The first access token, as ${NAME}."),
        "refresh_token": ("Mã làm mới đầu tiên, viết ${TÊN}.", "The first refresh token, as ${NAME}."),
        "webhook_secret": (
            "Khóa kiểm tra tin Zalo gửi về. Mặc định: secret_key.",
            "Checks hooks. Default: secret_key.",
        ),
        "templates": ("Mã các mẫu tin đã được duyệt.", "Ids of approved templates."),
        "consultation": ("Dùng tin tư vấn trong 7 ngày. Mặc định true.", "Free text within seven days of an answer."),
        "hash_phones": ("Gửi số điện thoại ở dạng băm. Mặc định false.", "Send phone numbers hashed."),
        "development": ("Chế độ thử của mẫu tin. Mặc định false.", "Templates in development mode."),
        "per_second": ("Tối đa bao nhiêu tin mỗi giây. Mặc định 40.", "Messages a second. Default 40."),
        "base_url": ("Máy chủ OpenAPI, chỉ đổi khi thử.", "OpenAPI server; changed for trying only."),
        "phone_url": ("Máy chủ gửi theo số điện thoại, chỉ đổi khi thử.", "Server of sends by phone."),
        "oauth_url": ("Máy chủ cấp mã truy cập, chỉ đổi khi thử.", "Server of grants."),
    },
    "ZaloBot": {
        "token": ("Mã của bot, viết ${TÊN}.", "The bot's token, as ${NAME}."),
        "webhook_secret": ("Khóa kiểm tra tin gửi về, viết ${TÊN}.", "Checks hooks, as ${NAME}."),
        "base_url": ("Máy chủ Zalo Bot, chỉ đổi khi thử.", "The server; changed for trying only."),
        "per_second": ("Tối đa bao nhiêu tin mỗi giây. Mặc định 1.", "Messages a second. Default 1."),
    },
    "Email": {
        "host": ("Máy chủ thư.", "The mail server."),
        "port": ("Cổng. Mặc định theo security.", "Port. Default: that of `security`."),
        "security": ("starttls (mặc định), tls hoặc none.", "starttls (default), tls or none."),
        "username": ("Tên đăng nhập.", "User name."),
        "password": ("Mật khẩu, viết ${TÊN}.", "Password, as ${NAME}."),
        "sender": ("Địa chỉ gửi đi.", "The address mail comes from."),
        "timeout": ("Chờ máy chủ bao lâu. Mặc định 20s.", "How long to wait. Default 20s."),
        "per_second": ("Tối đa bao nhiêu thư mỗi giây. Mặc định 5.", "Mails a second. Default 5."),
    },
}
