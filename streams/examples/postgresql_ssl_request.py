# SPDX-License-Identifier: Apache-2.0
"""What postgresql_ssl_request.cc does, in Python.

postgresql_ssl_request.py HOST PORT
"""

import asyncio
import ssl
import struct
import sys


async def start_session(host, port):
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(struct.pack("!ii", 8, 80877103))  # SSLRequest
    if await reader.readexactly(1) != b"S":
        sys.exit("the server has no TLS")
    context = ssl.create_default_context()
    await writer.start_tls(context, server_hostname=host)
    print(writer.get_extra_info("ssl_object").version())

    startup = struct.pack("!i", 3 << 16) + b"user\0tester\0database\0postgres\0\0"
    writer.write(struct.pack("!i", 4 + len(startup)) + startup)
    while True:
        kind, length = struct.unpack("!ci", await reader.readexactly(5))
        body = await reader.readexactly(length - 4)
        if kind == b"S":  # ParameterStatus
            name, value, _ = body.split(b"\0")
            print(f"{name.decode()} = {value.decode()}")
        elif kind == b"E":  # ErrorResponse
            sys.exit(body.replace(b"\0", b" ").decode())
        elif kind == b"Z":  # ReadyForQuery
            break
    writer.close()
    await writer.wait_closed()


if __name__ == "__main__":
    asyncio.run(start_session(sys.argv[1], int(sys.argv[2])))
