# SPDX-License-Identifier: Apache-2.0
"""What unix_echo_client.cc does, in Python: unix_echo_client.py PATH."""

import asyncio
import sys


async def unix_echo_client(path, message):
    reader, writer = await asyncio.open_unix_connection(path)

    print(f"Send: {message!r}")
    writer.write(message.encode())
    writer.write_eof()

    data = await reader.read()
    print(f"Received: {data.decode()!r}")

    print("Close the connection")
    writer.close()
    await writer.wait_closed()


if __name__ == "__main__":
    asyncio.run(unix_echo_client(sys.argv[1], "Hello World!"))
