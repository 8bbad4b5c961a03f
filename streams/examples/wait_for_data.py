# SPDX-License-Identifier: Apache-2.0
"""What wait_for_data.cc does, in Python."""

import asyncio
import socket


async def wait_for_data():
    rsock, wsock = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=rsock)

    # Somebody else sends, later.
    asyncio.get_running_loop().call_soon(wsock.send, b"abc")

    data = await reader.read(100)
    print(f"Received: {data.decode()!r}")

    writer.close()
    await writer.wait_closed()
    wsock.close()


if __name__ == "__main__":
    asyncio.run(wait_for_data())
