// SPDX-License-Identifier: Apache-2.0

#include "streams/client_connected_callback.h"

#include <memory>
#include <utility>

#include "streams/reader.h"
#include "streams/writer.h"

namespace streams {

ClientConnectedCallback::Result ClientConnectedCallback::operator()(
    std::unique_ptr<StreamReader> reader,
    std::unique_ptr<StreamWriter> writer) {
  return function_(std::move(reader), std::move(writer));
}

}  // namespace streams
