// SPDX-License-Identifier: Apache-2.0
#include "streams/loop/io_handler.h"

#include <cstdint>
#include <utility>

namespace streams {

IoHandler::~IoHandler() {
  if (registrar_ != nullptr) registrar_->Unregister(*this);
}

void IoHandler::Run() {
  const uint8_t ready = std::exchange(ready_, uint8_t{0});
  if ((ready & kRead) == 0) {
    OnWritable();
    return;
  }
  if ((ready & kWrite) != 0) {
    // Before the call, which may destroy this: then it is off the queue.
    ready_ = kWrite;
    registrar_->queue().CallNext(*this);
  }
  OnReadable();
}

}  // namespace streams
