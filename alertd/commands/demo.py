"""`alertd demo`: the whole daemon on a simulated portal, with a fast clock and messages on the terminal."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from pathlib import Path

import click

from alertd import assembly
from alertd.clock import Clock
from alertd.commands.options import say
from alertd.config.load import load
from alertd.daemon import Daemon
from alertd.demo import district
from alertd.demo.portal import Portal


@click.command("demo")
@click.option("--speed", type=click.FloatRange(1, 20_000), default=4000.0, show_default=True,
              help="Đồng hồ nhanh gấp mấy lần. / How many times as fast the clock runs.")  # fmt: skip
@click.option("--seconds", type=click.FloatRange(1), default=100.0, show_default=True,
              help="Tự dừng sau chừng ấy giây. / Ends by itself after so many seconds.")  # fmt: skip
def command(speed: float, seconds: float) -> None:
    """Trình diễn: cổng mô phỏng, huyện mẫu, đồng hồ nhanh, tin in ra màn hình. / A week in a minute and a half."""
    os.environ.setdefault("ALERTD_DEMO_PASSWORD", district.PASSWORD)
    clock = Clock(district.BEGIN, speed)
    portal = Portal(
        lambda: district.shown(clock.now()), username=district.USERNAME, password=os.environ["ALERTD_DEMO_PASSWORD"]
    )
    with tempfile.TemporaryDirectory(prefix="alertd-demo-") as folder, portal:
        place = Path(folder)
        district.write_configuration(place / "config", portal.url, place / "alertd.db")
        asyncio.run(_run(place / "config", clock, seconds, portal.url))


async def _run(folder: Path, clock: Clock, seconds: float, address: str) -> None:
    loaded = load(folder)
    daemon = Daemon(loaded, assembly.database(loaded), clock)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, daemon.stop)
    say(f"Cổng mô phỏng: {address}/o/rest/v2/dossiers (nhóm {district.GROUP})")
    say(f"Bắt đầu {district.BEGIN:%H:%M %d/%m/%Y}, mỗi giây thật là {clock.speed / 3600:.1f} giờ; Ctrl-C để dừng.")
    loop.call_later(seconds, daemon.stop)
    await daemon.run()
