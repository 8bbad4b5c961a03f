// SPDX-License-Identifier: Apache-2.0

#ifndef STREAMS_READ_AWAITER_H_
#define STREAMS_READ_AWAITER_H_

#include <cstddef>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"

namespace streams::internal {

// What `co_await` makes of a reading call. It is apart from the call so that
// nothing takes its address: where the buffer has the answer, how many bytes it
// is stays in a register, and nothing of the call is written to the coroutine's
// frame but what it was made from.
//
// A Call has, for it:
//
//   size_t CountAtOnce();  // How many bytes of the buffer are the result, if
//                          // it is there and nothing has to be done besides
//                          // taking them. Else 0: look closer.
//   bool Start();          // Looks closer. False: it waits; see Suspend().
//   void End();            // Destroys what Start() has made.
//   size_t Count();        // The same when it is done, after Start().
//   Result TakeBytes(size_t count);  // The result, if it is `count` bytes.
//   Result TakeResult();             // Any other: an error, EOF.
template <class Call>
class [[nodiscard]] ReadAwaiter final {
 public:
  explicit ReadAwaiter(Call& call) : call_(call) {}
  ReadAwaiter(const ReadAwaiter&) = delete;
  ReadAwaiter& operator=(const ReadAwaiter&) = delete;
  ABSL_ATTRIBUTE_ALWAYS_INLINE ~ReadAwaiter() {
    if (ABSL_PREDICT_FALSE(count_ == 0)) call_.End();
  }

  ABSL_ATTRIBUTE_ALWAYS_INLINE bool await_ready() {
    count_ = call_.CountAtOnce();
    return ABSL_PREDICT_TRUE(count_ != 0) || call_.Start();
  }
  template <class Handle>
  ABSL_ATTRIBUTE_ALWAYS_INLINE void await_suspend(Handle handle) {
    call_.Suspend(handle);
  }
  ABSL_ATTRIBUTE_ALWAYS_INLINE auto await_resume() {
    if (ABSL_PREDICT_TRUE(count_ != 0)) return call_.TakeBytes(count_);
    const size_t count = call_.Count();
    if (ABSL_PREDICT_TRUE(count != 0)) return call_.TakeBytes(count);
    auto result = call_.TakeResult();
    return decltype(result)(std::move(result));
  }

 private:
  static constexpr size_t kUnasked = static_cast<size_t>(-1);

  Call& call_;
  size_t count_ = kUnasked;  // 0: Start() was called.
};

}  // namespace streams::internal

#endif  // STREAMS_READ_AWAITER_H_
