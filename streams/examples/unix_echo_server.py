# SPDX-License-Identifier: Apache-2.0
"""What unix_echo_server.cc does, in Python: unix_echo_server.py PATH."""

import asyncio
import sys


async def handle_echo(reader, writer):
    while data := await reader.read(100):
        print(f"Echo: {data.decode()!r}")
        writer.write(data)
        await writer.drain()

    print("Close the connection", flush=True)
    writer.close()
    await writer.wait_closed()


async def serve(path):
    server = await asyncio.start_unix_server(handle_echo, path)
    for socket in server.sockets:
        print(f"Serving on {socket.getsockname()}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
