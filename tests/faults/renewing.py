"""One process that finds its access token refused and asks for another, as soon as a file is there.

    python -m tests.faults.renewing --database URL --server URL --access TOKEN --refresh TOKEN --journal PATH --go PATH

It prints "ready" once it holds the stored grant, and in the end what its 25 callers were given.
"""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime
from pathlib import Path

from alertd.channels.zalo import Endpoint, Tokens
from alertd.store.credentials import Credentials
from alertd.store.database import Database

KEY = b"k" * 32
APP, SECRET = "1234567890", "TEST-secret-of-nobody"


def now():
    return datetime.now(UTC)


async def renew(options):
    database = Database(options.database)
    vault = Credentials(database, KEY, "zalo", "42", options.journal)
    tokens = Tokens(
        vault, Endpoint(options.server, APP, SECRET, timeout=10.0, pause=0.1), now=now, access_token=options.access,
        refresh_token=options.refresh,
    )  # fmt: skip
    used = await tokens.current()
    print("ready", flush=True)
    while not options.go.exists():  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    found = await asyncio.gather(*(tokens.renew(used) for _ in range(25)))
    await tokens.close()
    database.close()
    print("found", *{grant and grant.access for grant in found}, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("database", "server", "access", "refresh"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("journal", "go"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    asyncio.run(renew(parser.parse_args()))


if __name__ == "__main__":
    main()
