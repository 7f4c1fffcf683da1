"""A webhook receiver that answers 200 after a while and writes down which codes came when, for both peers alike.

`python -m bench.peers.sink LOG DELAY_MS LIFETIME_S` prints its port. A line of LOG: seconds, codes.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def codes(body: bytes) -> list[str]:
    """The dossiers that a message is about, as alertd or as Alertmanager writes it."""
    message = json.loads(body)
    if "dossiers" in message:
        return [dossier["code"] for dossier in message["dossiers"]]
    return [alert["labels"]["code"] for alert in message["alerts"] if alert["status"] == "firing"]


async def serve(log: Path, delay: float, lifetime: float) -> None:
    """Take requests, as many connections as there are."""
    with log.open("w", encoding="utf-8", buffering=1) as record:

        async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while True:
                    head = (await reader.readuntil(b"\r\n\r\n")).lower()
                    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
                    body = await reader.readexactly(length)
                    record.write(f"{time.monotonic()} {' '.join(codes(body))}\n")  # seen, whatever the answer
                    await asyncio.sleep(delay)
                    writer.write(ANSWER)
                    await writer.drain()
            except (asyncio.IncompleteReadError, ConnectionError):
                pass  # it has gone, or was killed
            finally:
                writer.close()

        server = await asyncio.start_server(connection, "127.0.0.1", 0, backlog=1024, limit=2**22)
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.sleep(lifetime)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), float(sys.argv[2]) / 1000, float(sys.argv[3])))
