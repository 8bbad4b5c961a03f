// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_STREAM_PAIR_H_
#define STREAMS_STREAM_PAIR_H_

#include <memory>

#include "streams/reader.h"
#include "streams/writer.h"

namespace streams {

// The two ends of this side of a connection. Each may be kept as long as it is
// needed; see the lifetimes of both.
//
//   STREAMS_CO_ASSIGN_OR_RETURN(StreamPair connection,
//                               co_await OpenConnection(loop, host, port));
//   auto& [reader, writer] = connection;
//
// Loop and thread, EOF, errors, cancellation, limits: see StreamReader and
// StreamWriter. asyncio: the pair that open_connection() returns.
struct StreamPair {
  std::unique_ptr<StreamReader> reader;
  std::unique_ptr<StreamWriter> writer;
};

}  // namespace streams

#endif  // STREAMS_STREAM_PAIR_H_
