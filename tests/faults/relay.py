"""A line between a client and a server that can be cut: `python -m tests.faults.relay TARGET`, TARGET a host:port or a socket.

Prints its port. Stopped by SIGSTOP it is a network that is gone without a word; by SIGCONT it comes back.
"""

from __future__ import annotations

import asyncio
import sys


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:  # also when one end was reset: the other must hear of it, as it would by a network
        writer.close()


async def main(target):
    async def joined(reader, writer):
        if target.startswith("/"):
            there = await asyncio.open_unix_connection(target)
        else:
            host, _, port = target.rpartition(":")
            there = await asyncio.open_connection(host, int(port))
        await asyncio.gather(pump(reader, there[1]), pump(there[0], writer), return_exceptions=True)

    server = await asyncio.start_server(joined, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(sys.argv[1]))
