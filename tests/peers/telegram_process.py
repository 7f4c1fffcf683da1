"""The Bot API server as a process of its own, which knows nothing of what happens to the sender.

    python -m tests.peers.telegram_process --log taken.jsonl --hold held

It prints its base_url on the first line of stdout and appends one JSON line per message to the log when it has taken it
and before it answers. While the file named by `--hold` exists, messages are taken and their answers held back; each
`--block` is a chat that refuses. By hand `tests.peers.telegram_server` serves better: it has a terminal for a phone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from tests.peers.telegram_server import Taken, TelegramServer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.peers.loopback import Answer, Request


class Holding(TelegramServer):
    """Tells of a message that it was taken only once the file `hold` is gone."""

    hold = Path("/nonexistent")

    async def _respond(self, request: Request) -> Answer:
        answer = await super()._respond(request)
        taken = request.path.endswith("/sendMessage") and answer.status == 200
        while taken and self.hold.exists():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        return answer


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.call_later(options.lifetime, stop.set)

    def keep(message: Taken) -> None:
        line = {"chat": message.chat_id, "text": message.text, "violations": server.violations}
        with options.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    server = Holding(options.token, port=options.port)
    server.on_message = keep
    server.blocked.update(options.block)
    if options.hold is not None:
        server.hold = options.hold
    async with server:
        print(server.url, flush=True)
        await stop.wait()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run as a process of its own, at most `--lifetime` seconds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default="123456:TEST-token_of-nobody")
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--hold", type=Path)
    parser.add_argument("--block", action="append", default=[], metavar="CHAT")
    parser.add_argument("--lifetime", type=float, default=600.0, help="seconds")
    asyncio.run(_serve(parser.parse_args(arguments)))


if __name__ == "__main__":
    main()
