# SPDX-License-Identifier: Apache-2.0
"""The echo server in Python: CPython's asyncio, or uvloop with --uvloop.

asyncio_echo_server.py --port=N [--mode=echo|line] [--host=127.0.0.1]
                       [--uvloop [--cork]] [--tls_cert=FILE --tls_key=FILE]

uvloop has nothing to do for --cork: it keeps what is written until the end of the
turn, and sends it together, whoever asks or not. asyncio sends each write.
"""

import argparse
import asyncio
import ssl


async def echo(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def echo_lines(reader, writer):
    while line := await reader.readline():
        writer.write(line)
        await writer.drain()
    writer.close()


async def handle(handler, reader, writer):
    try:
        await handler(reader, writer)
    except (ConnectionResetError, BrokenPipeError):
        writer.close()  # A client that goes away is nothing to tell of.


def tls_context(options):
    if not options.tls_cert:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(options.tls_cert, options.tls_key)
    # The client's order, as the other servers have it: AES-128 comes first.
    context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    return context


async def serve(options):
    handler = echo_lines if options.mode == "line" else echo
    server = await asyncio.start_server(
        lambda reader, writer: handle(handler, reader, writer),
        options.host,
        options.port,
        backlog=4096,
        ssl=tls_context(options),
    )
    port = server.sockets[0].getsockname()[1]
    print(f"listening on {options.host}:{port}", flush=True)
    await server.serve_forever()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--mode", choices=["echo", "line"], default="echo")
    parser.add_argument("--tls_cert")
    parser.add_argument("--tls_key")
    parser.add_argument("--uvloop", action="store_true")
    parser.add_argument("--cork", action="store_true")
    options = parser.parse_args()
    if options.cork and not options.uvloop:
        parser.error("--cork is for --uvloop: asyncio sends each write by itself")
    if options.uvloop:
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    asyncio.run(serve(options))


if __name__ == "__main__":
    main()
