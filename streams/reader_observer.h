// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_READER_OBSERVER_H_
#define STREAMS_READER_OBSERVER_H_

namespace streams {

class StreamReader;

namespace internal {

// Something that points to a StreamReader without owning it, and learns of the
// reader's end: what a weak reference is to asyncio. The observers of a reader
// are linked into it; nothing is allocated.
class ReaderObserver {
 public:
  ReaderObserver() = default;
  ReaderObserver(const ReaderObserver&) = delete;
  ReaderObserver& operator=(const ReaderObserver&) = delete;
  virtual ~ReaderObserver() { StopObserving(); }

 protected:
  void Observe(StreamReader& reader);
  void StopObserving() {
    if (reader_ == nullptr) return;
    Unlink();
    reader_ = nullptr;
  }

  // Null when it observes nothing, or the reader is gone.
  StreamReader* observed() const { return reader_; }

 private:
  friend class streams::StreamReader;

  // `reader` is about to be destroyed; observed() is null already.
  virtual void OnReaderDestroyed(const StreamReader& reader) = 0;

  void Unlink();

  StreamReader* reader_ = nullptr;
  ReaderObserver* next_ = nullptr;
};

}  // namespace internal
}  // namespace streams

#endif  // STREAMS_READER_OBSERVER_H_
