// SPDX-License-Identifier: Apache-2.0
#include "streams/loop/io_handler.h"

#include <cstdint>

#include "absl/base/attributes.h"

namespace streams {

IoHandler::~IoHandler() {
  if (registrar_ != nullptr) registrar_->Unregister(*this);
}

ABSL_ATTRIBUTE_HOT void IoHandler::Run() {
  if (ready_ == kRead) {  // The rule.
    ready_ = 0;
    OnReadable();
    return;
  }
  const uint8_t first = static_cast<uint8_t>(ready_ & -ready_);
  ready_ ^= first;
  // Before the call, which may destroy this: then it is off the queue.
  if (ready_ != 0) registrar_->queue().CallNext(*this);
  switch (first) {
    case kCall:
      return OnCalled();
    case kRead:
      return OnReadable();
    default:
      return OnWritable();
  }
}

}  // namespace streams
