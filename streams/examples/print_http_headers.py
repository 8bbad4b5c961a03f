# SPDX-License-Identifier: Apache-2.0
"""What print_http_headers.cc does, in Python.

print_http_headers.py URL [CA_FILE]
"""

import asyncio
import ssl
import sys
import urllib.parse


async def print_http_headers(url, ca_file):
    context = None
    if url.scheme == "https":
        context = ssl.create_default_context(cafile=ca_file)
    reader, writer = await asyncio.open_connection(
        url.hostname, url.port or (443 if context else 80), ssl=context
    )

    path = url.path or "/"
    if url.query:
        path += f"?{url.query}"
    query = f"HEAD {path} HTTP/1.0\r\nHost: {url.netloc}\r\n\r\n"
    writer.write(query.encode("latin-1"))

    while line := await reader.readline():
        line = line.decode("latin-1").rstrip()
        if not line:
            break
        print(f"HTTP header> {line}")

    writer.close()
    await writer.wait_closed()


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: print_http_headers.py URL [CA_FILE]")
    url = urllib.parse.urlsplit(sys.argv[1])
    ca_file = sys.argv[2] if len(sys.argv) == 3 else None
    asyncio.run(asyncio.wait_for(print_http_headers(url, ca_file), 30))


if __name__ == "__main__":
    main()
