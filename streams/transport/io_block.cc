// SPDX-License-Identifier: Apache-2.0

#include "streams/transport/io_block.h"

#include <cstddef>
#include <new>

#include "absl/base/config.h"
#include "absl/numeric/bits.h"

namespace streams::internal {
namespace {

// A sanitizer only sees the use of a freed block if it is really freed.
#if defined(ABSL_HAVE_ADDRESS_SANITIZER) || defined(ABSL_HAVE_MEMORY_SANITIZER)
constexpr bool kPooled = false;
#else
constexpr bool kPooled = true;
#endif

constexpr size_t kMinSize = 4096;
constexpr size_t kClasses = 7;
static_assert(kMinSize << (kClasses - 1) == IoBlock::kMaxPooledSize);

struct FreeBlock {
  FreeBlock* next;
};

// The strings that a reader returns come from malloc all the same, and glibc
// treats them as it treated our blocks. It learns: once a program has freed a
// block that it had got by mmap(), blocks of that size are worth keeping to it
// (mallopt(3), M_MMAP_THRESHOLD: the threshold is dynamic), and it trims from
// twice the size on. So it is shown one. Other allocators don't care.
void TeachAllocator() {
  constexpr size_t kSize = IoBlock::kMaxFreeBytes;
  // Called as functions, which a compiler must not leave out.
  ::operator delete(::operator new(kSize));
}

class Pool {
 public:
  constexpr Pool() = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  ~Pool() {
    // Blocks may still be freed while the thread ends, after this.
    is_closed_ = true;
    for (FreeBlock*& list : free_) {
      while (FreeBlock* const block = list) {
        list = block->next;
        ::operator delete(block);
      }
    }
    free_bytes_ = 0;
  }

  char* Allocate(size_t index) {
    FreeBlock* const block = free_[index];
    if (block == nullptr) {
      if (!has_allocated_) TeachAllocator();
      has_allocated_ = true;
      return static_cast<char*>(::operator new(kMinSize << index));
    }
    free_[index] = block->next;
    free_bytes_ -= kMinSize << index;
    return reinterpret_cast<char*>(block);
  }

  void Free(char* data, size_t index) {
    const size_t size = kMinSize << index;
    if (is_closed_ || free_bytes_ + size > IoBlock::kMaxFreeBytes) {
      ::operator delete(data);
      return;
    }
    free_bytes_ += size;
    free_[index] = new (data) FreeBlock{free_[index]};
  }

  size_t free_bytes() const { return free_bytes_; }

 private:
  FreeBlock* free_[kClasses] = {};
  size_t free_bytes_ = 0;
  bool has_allocated_ = false;
  bool is_closed_ = false;
};

thread_local constinit Pool pool;

// Of the smallest class that holds `size`.
size_t ClassOf(size_t size) {
  if (size <= kMinSize) return 0;
  return static_cast<size_t>(absl::bit_width((size - 1) / kMinSize));
}

}  // namespace

IoBlock::IoBlock(size_t size) {
  if (!kPooled || size > kMaxPooledSize) {
    data_ = static_cast<char*>(::operator new(size));
    capacity_ = size;
    return;
  }
  const size_t index = ClassOf(size);
  data_ = pool.Allocate(index);
  capacity_ = kMinSize << index;
}

void IoBlock::Free() {
  if (!kPooled || capacity_ > kMaxPooledSize) {
    ::operator delete(data_);
  } else {
    pool.Free(data_, ClassOf(capacity_));
  }
  data_ = nullptr;
  capacity_ = 0;
}

size_t IoBlock::FreeBytes() { return pool.free_bytes(); }

}  // namespace streams::internal
