// SPDX-License-Identifier: Apache-2.0
#include "streams/loop/resolver.h"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "streams/coro/status_macros.h"
#include "streams/coro/task.h"
#include "streams/coro/waiter.h"
#include "streams/loop/event_loop.h"
#include "streams/os/address_lookup.h"
#include "streams/os/thread.h"

namespace streams {
namespace {

using Answers = absl::StatusOr<std::vector<AddressInfo>>;

// What the loop's thread and the pool's share.
class Question {
 public:
  Question(EventLoop& loop, AddressQuery query)
      : query_(std::move(query)), loop_(&loop), waiter_(loop) {}

  Waiter& waiter() { return waiter_; }
  Answers TakeAnswers() { return std::move(answers_); }

  // The loop's thread doesn't want to know any more, and may destroy the loop.
  void Abandon() {
    const std::lock_guard<std::mutex> lock(mutex_);
    loop_ = nullptr;
  }

  // The pool's thread.
  static void Answer(std::shared_ptr<Question> question) {
    Answers answers = LookUpAddress(question->query_);
    const std::lock_guard<std::mutex> lock(question->mutex_);
    if (question->loop_ == nullptr) return;
    question->answers_ = std::move(answers);
    // With the lock held, so that the loop is there.
    question->loop_->CallSoonThreadsafe(
        [question] { question->waiter_.SetResult(); });
  }

 private:
  const AddressQuery query_;
  std::mutex mutex_;
  EventLoop* loop_;  // By mutex_; null once abandoned.
  Answers answers_;  // The pool's until CallSoonThreadsafe(), then the loop's.
  Waiter waiter_;    // The loop's.
};

// Threads that answer; made when needed, and idle for ever after.
class Pool {
 public:
  // Never destroyed: its threads may be waiting for a name server at exit.
  static Pool& Get() {
    static Pool* const pool = new Pool;
    return *pool;
  }

  // Fails only if nobody would ever answer.
  absl::Status Ask(std::shared_ptr<Question> question) {
    const std::lock_guard<std::mutex> lock(mutex_);
    questions_.push_back(std::move(question));
    if (idle_ < questions_.size() && threads_ < kMaxResolverThreads) {
      absl::Status status = os::StartDetachedThread([this] { Run(); });
      if (status.ok()) {
        ++threads_;
        return status;
      }
      if (threads_ == 0) {
        questions_.pop_back();
        return status;
      }
    }
    condition_.notify_one();
    return absl::OkStatus();
  }

  void WaitUntilIdle() {
    std::unique_lock<std::mutex> lock(mutex_);
    idle_condition_.wait(lock, [this] {
      return questions_.empty() && idle_ == static_cast<size_t>(threads_);
    });
  }

 private:
  [[noreturn]] void Run() {
    for (;;) Question::Answer(Next());
  }

  std::shared_ptr<Question> Next() {
    std::unique_lock<std::mutex> lock(mutex_);
    ++idle_;
    idle_condition_.notify_all();
    condition_.wait(lock, [this] { return !questions_.empty(); });
    --idle_;
    std::shared_ptr<Question> question = std::move(questions_.front());
    questions_.pop_front();
    return question;
  }

  std::mutex mutex_;
  std::condition_variable condition_;
  std::condition_variable idle_condition_;
  std::deque<std::shared_ptr<Question>> questions_;
  size_t idle_ = 0;
  int threads_ = 0;
};

// In the coroutine's frame: asks, and abandons when the frame goes.
class Asking {
 public:
  Asking(EventLoop& loop, AddressQuery query)
      : question_(std::make_shared<Question>(loop, std::move(query))),
        status_(Pool::Get().Ask(question_)) {}
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;
  ~Asking() { question_->Abandon(); }

  const absl::Status& status() const { return status_; }
  Question& question() { return *question_; }

 private:
  const std::shared_ptr<Question> question_;
  const absl::Status status_;
};

}  // namespace

void internal::WaitUntilResolverIsIdle() { Pool::Get().WaitUntilIdle(); }

Task<Answers> Resolve(EventLoop& loop, AddressQuery query) {
  std::optional<AddressInfo> literal = AnswerLiteral(query);
  if (literal.has_value()) {
    std::vector<AddressInfo> answers;
    answers.push_back(*std::move(literal));
    co_return answers;
  }
  Asking asking(loop, std::move(query));
  STREAMS_CO_RETURN_IF_ERROR(asking.status());
  STREAMS_CO_RETURN_IF_ERROR(co_await asking.question().waiter());
  co_return asking.question().TakeAnswers();
}

}  // namespace streams
