"""`alertd run`: the daemon."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from typing import TYPE_CHECKING

import click

from alertd import assembly, failpoints, log
from alertd.commands.check import everything
from alertd.commands.options import config_option, say
from alertd.config.check import refuses
from alertd.config.load import loaded as loaded_of
from alertd.config.reading import read_folder
from alertd.core.errors import InputError
from alertd.daemon import Daemon

if TYPE_CHECKING:
    from pathlib import Path

    from alertd.cluster.member import Member
    from alertd.config.load import Loaded

#: How many more things there are before young ones are looked through for rubbish, and after how many such times
#: middle-aged and old ones. What a poll makes nearly all goes without being looked for, so seldom is often enough;
#: but every page waits meanwhile, so of the young no more at once than a few milliseconds take, and the old seldom.
RUBBISH = (5_000, 10, 100)


@click.command("run")
@click.option(
    "--cluster", is_flag=True, help="Chia việc với các máy khác, chung một PostgreSQL. / Share the work with others."
)
@config_option
def command(folder: Path, cluster: bool) -> None:
    """Chạy thường trực: đọc cổng, leo thang, gửi tin. / The daemon: poll, escalate, deliver."""
    log.configure()
    if armed := failpoints.arm():
        log.get("daemon").warning("this daemon ends itself on purpose", failpoint=armed)
    reading = read_folder(folder)
    loaded = loaded_of(reading)
    findings = everything(reading)
    for finding in findings:
        say(str(finding))
    if any(refuses(finding) for finding in findings):
        say(f"{folder}: the configuration has faults; `alertd check --config {folder}` lists them")
        sys.exit(2)
    loaded.require_secrets()
    if asyncio.run(_run(loaded, cluster=cluster)):
        sys.exit(1)


async def _run(loaded: Loaded, *, cluster: bool) -> bool:
    """Whether another daemon has taken over, which is no clean end."""
    daemon = Daemon(loaded, *_member(loaded)) if cluster else Daemon(loaded, assembly.database(loaded))
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, daemon.stop)
    loop.add_signal_handler(signal.SIGHUP, daemon.reload)
    # what is loaded by now stays: to look it through for rubbish, again and again while a poll makes and drops a
    # hundred thousand rows, would keep every page from the interpreter for tenths of a second at a time
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RUBBISH)
    await daemon.run()
    return daemon.taken_over


def _member(loaded: Loaded) -> Member:
    try:
        from alertd.cluster.member import member  # noqa: PLC0415 - needs an extra
    except ModuleNotFoundError as error:
        raise InputError(
            f"--cluster: {error.name} is not installed; install alertd with the extra `cluster`"
        ) from error
    return member(loaded)
