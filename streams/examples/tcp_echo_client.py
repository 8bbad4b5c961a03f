# SPDX-License-Identifier: Apache-2.0
"""What tcp_echo_client.cc does, in Python: tcp_echo_client.py [PORT]."""

import asyncio
import sys


async def tcp_echo_client(port, message):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    print(f"Send: {message!r}")
    writer.write(message.encode())
    await writer.drain()

    data = await reader.read(100)
    print(f"Received: {data.decode()!r}")

    print("Close the connection")
    writer.close()
    await writer.wait_closed()


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888
    asyncio.run(tcp_echo_client(port, "Hello World!"))
