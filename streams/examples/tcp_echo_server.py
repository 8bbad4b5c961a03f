# SPDX-License-Identifier: Apache-2.0
"""What tcp_echo_server.cc does, in Python: tcp_echo_server.py [PORT]."""

import asyncio
import sys


async def handle_echo(reader, writer):
    data = await reader.read(100)
    message = data.decode()
    print(f"Received {message!r} from {writer.get_extra_info('peername')}")

    print(f"Send: {message!r}")
    writer.write(data)
    await writer.drain()

    print("Close the connection", flush=True)
    writer.close()
    await writer.wait_closed()


async def serve(port):
    server = await asyncio.start_server(handle_echo, "127.0.0.1", port)
    for socket in server.sockets:
        print(f"Serving on {socket.getsockname()}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 8888))
