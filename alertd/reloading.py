"""Reloading: a valid configuration is taken whole while the daemon runs; a faulty one is not, and the admin hears why.

An edit is looked at when its files have come to rest. What runs goes on until the new parts are all made.
"""

from __future__ import annotations

import asyncio
import pwd
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from alertd.config import watching
from alertd.config.check import checked, refuses
from alertd.config.findings import Finding
from alertd.config.load import digest, loaded
from alertd.config.reading import ALERTD, FILES, read_folder, shown
from alertd.config.secrets import unset_warnings
from alertd.core.errors import AlertdError, InputError
from alertd.log import get
from alertd.store import reserved

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from datetime import datetime
    from pathlib import Path

    from alertd.config.load import Loaded
    from alertd.config.reading import Reading
    from alertd.store.database import Database

log = get("reloading")
#: What cannot change while the daemon runs: where it keeps everything, and what its signatures and tokens hang on.
FIXED = (("storage", "url"), ("key",))
#: A file that changes no more for so long, in seconds, is not being written; so often is asked.
_REST, _TRIES = 0.3, 20
#: How long to wait for a folder that is not there, in seconds.
_AWAY = 5.0

#: Of each file: name, time of change, size, inode.
Signature = tuple[tuple[str, int, int, int], ...]


class Reloading:
    """Compares the folder with what runs. `change` makes another configuration run, given it and its author.

    `change` raises InputError when that configuration cannot be used, StoreError when it cannot be accepted now.
    """

    def __init__(
        self,
        running: Loaded,
        database: Database,
        clock: Callable[[], datetime],
        change: Callable[[Loaded, str], Awaitable[None]],
    ) -> None:
        self._running = running
        self._database = database
        self._clock = clock
        self._change = change
        self._stop = asyncio.Event()
        self._one = asyncio.Lock()
        self._looks: set[asyncio.Task[None]] = set()
        #: As the files were when they were last read, and which of them there are.
        self._seen: Signature | None = None
        self._names = {*FILES, *running.text}
        #: The faulty states that the admin was told of since a good one.
        self._told: set[str] = set()

    async def run(self) -> None:
        """Look whenever something may have changed, until `stop`; what is under way then is finished."""
        while not self._stop.is_set():
            watched = self._folders()
            async for _ in watching.changes(watched, self._stop):
                await self._look(secrets=False)
                if self._folders() != watched:
                    break
            else:
                await self._pause()
        if self._looks:
            await asyncio.wait(self._looks)

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()

    def look_now(self) -> None:
        """Look without waiting for a sign, at the values of `${NAME}` too."""
        look = asyncio.create_task(self._look(secrets=True), name="reload")
        self._looks.add(look)
        look.add_done_callback(self._looks.discard)

    def author(self) -> str:
        """The owner of the file that was changed last, as far as the system names one."""
        return _last_editor(self._running.folder / name for name in self._names)

    def _folders(self) -> set[Path]:
        """Where the files lie: the people of a CSV may stand elsewhere."""
        return {(self._running.folder / name).resolve().parent for name in self._names} | {self._running.folder}

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(_AWAY):
                await self._stop.wait()
        except TimeoutError:
            await self._look(secrets=False)

    # --- one look -----------------------------------------------------------------------------------------------------

    async def _look(self, *, secrets: bool) -> None:
        """Take what is new, or say why not. A database out of reach is no verdict: the next look tries again."""
        async with self._one:
            try:
                seen = await asyncio.to_thread(self._at_rest)
                if seen == self._seen and not secrets:
                    return
                self._seen = None
                await self._compare()
                self._seen = seen
            except AlertdError as error:
                log.error("the configuration cannot be taken now, and is tried again", reason=str(error))
            except Exception:  # a fault of ours: later edits must be seen all the same
                log.exception("the configuration cannot be taken now, and is tried again")

    async def _compare(self) -> None:
        reading = await asyncio.to_thread(read_folder, self._running.folder)
        self._names = {*FILES, *reading.texts}
        found, faults = await asyncio.to_thread(self._judge, reading)
        if found is not None and not self._is_running(found):
            try:
                await self._change(found, _by(self._running, found))
            except InputError as error:
                faults = str(error).splitlines()
            else:
                self._running = found
        if faults:
            await asyncio.to_thread(self._refused, faults)
        else:
            await asyncio.to_thread(self._good_again)

    def _judge(self, reading: Reading) -> tuple[Loaded | None, list[str]]:
        """The configuration, or why it cannot run."""
        if digest(reading.texts) == self._running.digest and not reading.unset:
            return loaded(reading), []
        zone = (reading.settings or self._running.settings).zone
        findings = checked(reading, self._clock().astimezone(zone).date())
        faults = [finding for finding in findings if refuses(finding)] + unset_warnings(reading.unset)
        if faults:
            return None, [str(fault) for fault in sorted(set(faults))]
        found = loaded(reading)
        fixed = [str(Finding.of("reload.restart", reading.sources[ALERTD].at(*path), key=".".join(path)))
                 for path in FIXED if _value(found, path) != _value(self._running, path)]  # fmt: skip
        return (None, fixed) if fixed else (found, [])

    def _is_running(self, found: Loaded) -> bool:
        """The same letters, and the same values of `${NAME}`."""
        return found.digest == self._running.digest and found.settings == self._running.settings

    def _at_rest(self) -> Signature:
        """The files' signature once it does not change any more, or after some patience."""
        found = self._signature()
        for _ in range(_TRIES):
            if found == self._seen:
                break
            time.sleep(_REST)
            before, found = found, self._signature()
            if found == before:
                break
        return found

    def _signature(self) -> Signature:
        made = []
        for name in sorted(self._names):
            try:
                stat = (self._running.folder / name).stat()
            except OSError:
                continue
            made.append((name, stat.st_mtime_ns, stat.st_size, stat.st_ino))
        return tuple(made)

    # --- what the admin hears -----------------------------------------------------------------------------------------

    def _refused(self, faults: list[str]) -> None:
        """Tell once of each faulty state; the first fault stands for all, with its line."""
        here = f"{shown(self._running.folder)}/"
        faults = [fault.removeprefix(here) for fault in faults]
        state = "\n".join(faults)
        if state in self._told:
            return
        log.warning("configuration not taken; the earlier one runs on", faults=len(faults), first=faults[0])
        more = f" (và {len(faults) - 1} lỗi khác)" if len(faults) > 1 else ""
        self._tell(faults[0] + more)
        self._told.add(state)

    def _good_again(self) -> None:
        if self._told:
            self._tell(reserved.TAKEN)
            self._told.clear()

    def _tell(self, note: str) -> None:
        with self._database.write() as connection:
            reserved.configuration_alarm(connection, self._running.rules, note, self._clock())


def _value(of: Loaded, path: tuple[str, ...]) -> object:
    value: object = of.settings
    for part in path:
        value = getattr(value, part)
    return value


def _by(before: Loaded, after: Loaded) -> str:
    """The owner of the file that was changed last, of those that are not as before."""
    names = [name for name in after.text if after.text[name] != before.text.get(name)]
    return _last_editor(after.folder / name for name in names or after.text)


def _last_editor(paths: Iterable[Path]) -> str:
    """The owner of the file that was changed last; files may go and come while we look."""
    stats = []
    for path in paths:
        with suppress(OSError):
            stats.append(path.stat())
    if not stats:
        return ""
    owner = max(stats, key=lambda stat: stat.st_mtime_ns).st_uid
    try:
        return pwd.getpwuid(owner).pw_name
    except KeyError:
        return str(owner)
