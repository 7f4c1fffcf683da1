"""`alertd demo`: the whole daemon on a simulated portal, with a fast clock and messages on the terminal."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertd import assembly
from alertd.clock import Clock
from alertd.commands.check import everything
from alertd.commands.options import say
from alertd.config.check import refuses
from alertd.config.load import load
from alertd.config.load import loaded as loaded_of
from alertd.config.reading import read_folder, shown
from alertd.core.errors import InputError
from alertd.daemon import Daemon
from alertd.demo import district
from alertd.demo.door import door
from alertd.demo.portal import Portal
from alertd.store import migrate, sessions
from alertd.store.sessions import Level

if TYPE_CHECKING:
    from alertd.config.load import Loaded

#: Longer than anybody watches: on the demo's clock a session of hours is over in seconds.
SIGNED_IN = timedelta(days=3650)


@click.command("demo")
@click.option("--speed", type=click.FloatRange(1, 20_000), default=4000.0, show_default=True,
              help="Đồng hồ nhanh gấp mấy lần. / How many times as fast the clock runs.")  # fmt: skip
@click.option("--seconds", type=click.FloatRange(1), default=100.0, show_default=True,
              help="Tự dừng sau chừng ấy giây. / Ends by itself after so many seconds.")  # fmt: skip
@click.option("--config", "rules", type=click.Path(path_type=Path), metavar="DIR",
              help="Thử quy tắc và lịch (escalation.yaml, calendar.yaml) của thư mục này; không ghi gì vào đó. "
                   "/ Try the rules and calendar of this folder; nothing is written there.")  # fmt: skip
def command(speed: float, seconds: float, rules: Path | None) -> None:
    """Trình diễn: cổng mô phỏng, huyện mẫu, đồng hồ nhanh, tin in ra màn hình, bảng hồ sơ mở được ngay.

    A week in a minute and a half: messages on the terminal, the board at the address that is printed.
    """
    os.environ.setdefault("ALERTD_DEMO_PASSWORD", district.PASSWORD)
    if rules is not None:
        load(rules)  # what keeps it from being read, at its place
    clock = Clock(district.BEGIN, speed)
    portal = Portal(
        lambda: district.shown(clock.now()), username=district.USERNAME, password=os.environ["ALERTD_DEMO_PASSWORD"]
    )
    with tempfile.TemporaryDirectory(prefix="alertd-demo-") as folder, portal:
        place = Path(folder)
        district.write_configuration(place / "config", portal.url, place / "alertd.db", rules)
        loaded = _fitting(place / "config", rules) if rules is not None else load(place / "config")
        asyncio.run(_run(loaded, clock, seconds, portal.url))


def _fitting(folder: Path, rules: Path) -> Loaded:
    """The demo's configuration with these rules. Raises InputError where they ask for who is not in its district."""
    reading = read_folder(folder)
    faults = [finding for finding in everything(reading) if refuses(finding)]
    if faults:
        lines = "\n".join(str(fault).replace(shown(folder), shown(rules)) for fault in faults)
        raise InputError(
            f"{lines}\n{rules}: đơn vị và người của bản trình diễn là của huyện mẫu, quy tắc này không hợp với họ"
            " / the demo has the sample district's units and people, whom these rules do not fit"
        )
    return loaded_of(reading)


async def _run(loaded: Loaded, clock: Clock, seconds: float, address: str) -> None:
    daemon = Daemon(loaded, assembly.database(loaded), clock)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, daemon.stop)
    board = await _board(loaded, daemon)
    say(f"Cổng mô phỏng: {address}/o/rest/v2/dossiers (nhóm {district.GROUP})")
    if board:
        admin = loaded.rules.organisation.people[district.ADMIN]
        say(f"Bảng hồ sơ: {board} (mở là vào, như {admin.name})")
    say(f"Bắt đầu {district.BEGIN:%H:%M %d/%m/%Y}, mỗi giây thật là {clock.speed / 3600:.1f} giờ; Ctrl-C để dừng.")
    loop.call_later(seconds, daemon.stop)
    clock.restart()  # on this clock an hour or more went by while all was made ready
    await daemon.run()


async def _board(loaded: Loaded, daemon: Daemon) -> str | None:
    """Serve the board, and give the address at which its admin is signed in; None where it cannot be served."""
    if daemon.pages is None or not await daemon.pages.start():
        return None
    database = assembly.database(loaded)
    try:
        migrate.upgrade(database)
        with database.write() as connection:
            token = sessions.begin(
                connection, Level.CONFIRMED, district.BEGIN, person=district.ADMIN, good_for=SIGNED_IN
            )
    finally:
        database.close()
    daemon.pages.app = door(daemon.pages.app, token)
    return f"http://127.0.0.1:{daemon.pages.port}/{token}/b/"
