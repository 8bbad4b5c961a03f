// SPDX-License-Identifier: Apache-2.0
//
// What the hand-written servers have in common: flags, and a socket that
// listens.
#ifndef STREAMS_BENCHMARK_PEERS_RAW_LISTENER_H_
#define STREAMS_BENCHMARK_PEERS_RAW_LISTENER_H_

#include <stdint.h>

namespace raw {

// Parses the command line, listens on --host and --port without blocking, and
// prints `listening on HOST:PORT`. Ends the program, with a message, if it
// can't.
int ParseFlagsAndListen(int argc, char** argv);

// --mode=line, as opposed to echo.
bool IsLineMode();

// Accepts a connection, non-blocking and without Nagle; -1 if there is none.
int Accept(int listener);

// epoll_ctl() with the descriptor as its datum.
void Control(int epoll, int operation, int fd, uint32_t interest);

// Prints `what` and errno's text, and ends the program.
[[noreturn]] void Die(const char* what);

}  // namespace raw

#endif  // STREAMS_BENCHMARK_PEERS_RAW_LISTENER_H_
