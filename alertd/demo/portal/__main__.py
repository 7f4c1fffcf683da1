"""The simulated portal by hand: start it, point a feed at it, and turn its faults on and off while it runs."""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime, timedelta

import click

from alertd.demo import district
from alertd.demo.portal.faults import SWITCHES
from alertd.demo.portal.keycloak import Sso
from alertd.demo.portal.server import SWITCHBOARD, Portal

FEEDS = """\
Cổng mô phỏng: {url} (Ctrl-C để dừng).
Nguồn hồ sơ để chép vào alertd.yaml; đặt biến môi trường PORTAL_PASSWORD={password}:

  - {{name: opencps, type: opencps, url: "{url}", groups: ["{group}"],
     username: {username}, password: "${{PORTAL_PASSWORD}}", scope: all}}
  - {{name: igate, type: igate, url: "{url}", token_url: "{token_url}",
     client_id: {username}, client_secret: "${{PORTAL_PASSWORD}}", scope: all}}

Bật, xem, tắt lỗi khi cổng đang chạy:

  curl {url}{switches} -d slow=2 -d html=on
  curl {url}{switches}
  curl {url}{switches} -X DELETE
"""


def _switches() -> str:
    width = max(map(len, SWITCHES))
    return "\n".join(f"  {name:{width}}  {meaning}" for name, meaning in SWITCHES.items())


@click.command("python -m alertd.demo.portal", epilog=f"\b\nCông tắc lỗi / Switches ({SWITCHBOARD}):\n{_switches()}")
@click.option("--port", type=click.IntRange(0, 65535), default=8090, show_default=True,
              help="Cổng mạng; 0 là cổng trống bất kỳ. / Port; 0 takes one that is free.")  # fmt: skip
@click.option("--dossiers", type=click.IntRange(0, 20_000), default=0, show_default=True,
              help="Thêm chừng ấy hồ sơ. / So many dossiers besides the week's.")  # fmt: skip
@click.option("--page-limit", type=click.IntRange(1), default=1000, show_default=True,
              help="Mỗi trang nhiều nhất. / The most that a page gives.")  # fmt: skip
def main(port: int, dossiers: int, page_limit: int) -> None:
    """Cổng dịch vụ công mô phỏng: OpenCPS và iGate. / A simulated portal, this week's dossiers by the real clock."""
    today = datetime.now(district.ZONE).replace(hour=7, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    more = district.crowd(dossiers)
    try:
        portal = Portal(
            lambda: district.shown(datetime.now(UTC), monday, more),
            username=district.USERNAME,
            password=district.PASSWORD,
            dossiers=lambda: district.shown_by_igate(datetime.now(UTC), monday, more),
            sso=Sso(district.USERNAME, district.PASSWORD),
            page_limit=page_limit,
            port=port,
        )
    except OSError as error:
        click.echo(f"cổng {port}: {error.strerror}; chọn --port khác", err=True)
        sys.exit(1)
    with portal:
        click.echo(
            FEEDS.format(
                url=portal.url,
                token_url=portal.token_url,
                group=district.GROUP,
                username=district.USERNAME,
                password=district.PASSWORD,
                switches=SWITCHBOARD,
            ),
            err=True,
        )
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("Đã dừng.", err=True)


if __name__ == "__main__":
    main()
