"""A webhook receiver that takes everything at once and writes down who was told what: a process of its own.

`python -m bench.soak.receiver LOG` prints its port. A line of LOG: the message's id, its person, then CODE/STEP of each
dossier that it names.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


async def serve(log: Path) -> None:
    """Take requests, as many connections as there are, until the process is ended."""
    with log.open("w", encoding="utf-8", buffering=1) as record:

        async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while True:
                    head = (await reader.readuntil(b"\r\n\r\n")).lower()
                    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
                    message = json.loads(await reader.readexactly(length))
                    named = [f"{each['code']}/{each['step']}" for each in message["dossiers"]]
                    record.write(f"{' '.join([message['id'], message['person'], *named])}\n")  # seen, whatever follows
                    writer.write(ANSWER)
                    await writer.drain()
            except (asyncio.IncompleteReadError, ConnectionError):
                pass  # it has gone
            finally:
                writer.close()

        server = await asyncio.start_server(connection, "127.0.0.1", 0, backlog=1024, limit=2**22)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
