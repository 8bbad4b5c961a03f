// SPDX-License-Identifier: Apache-2.0

#include "streams/reader_observer.h"

#include "streams/reader.h"

namespace streams::internal {

void ReaderObserver::Observe(StreamReader& reader) {
  StopObserving();
  reader_ = &reader;
  next_ = reader.observers_;
  link_ = &reader.observers_;
  if (next_ != nullptr) next_->link_ = &next_;
  reader.observers_ = this;
}

}  // namespace streams::internal
