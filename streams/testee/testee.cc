// SPDX-License-Identifier: Apache-2.0

#include "streams/testee/testee.h"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "conformance/protocol/message_codec.h"
#include "streams/testee/objects.h"
#include "streams/testee/operation.h"
#include "streams/testee/python_error.h"

namespace streams::testee {
namespace {

constexpr char kEdition[] = "3.15";

int64_t CountDescriptors() {
  int64_t count = 0;
  std::error_code ignored;
  for (const auto& entry :
       std::filesystem::directory_iterator("/proc/self/fd", ignored)) {
    (void)entry;
    ++count;
  }
  return count;
}

// The awaited op of a call that gives nothing to await.
absl::Status NotAwaitable(const Item& item) {
  return MakeError(ErrorKind::kType,
                   absl::StrCat("object ", item.ToValue().type_name(),
                                " can't be used in 'await' expression"));
}

Pending Raise(absl::Status error) { co_return error; }

}  // namespace

// An op that is awaited: its task, and who listens for its end.
class Testee::Running final : public Completion::Listener {
 public:
  Running(Testee& testee, const conformance::Op& op, Pending pending)
      : testee_(testee), id_(op.id), bind_(op.bind) {
    task_ = Spawn(*testee.loop_, std::move(pending));
    task_.Listen(*this);
  }

  void Cancel() { task_.Cancel(); }

 private:
  void Run() override {
    // Taken off first: what it ends in may bind, and so destroy, a lot.
    const auto self = std::move(testee_.running_[id_]);
    testee_.running_.erase(id_);
    testee_.Finish(id_, bind_, task_.TakeResult());
  }

  Testee& testee_;
  const int64_t id_;
  const std::vector<std::string> bind_;
  TaskHandle<absl::StatusOr<Item>> task_;
};

Testee::Testee() = default;

Testee::~Testee() { EndLoop(); }

absl::Status Testee::Run() {
  STREAMS_RETURN_IF_ERROR(StartLoop());
  while (!is_over_) {
    STREAMS_RETURN_IF_ERROR(channel_.error());
    if (channel_.has_line()) {
      STREAMS_RETURN_IF_ERROR(HandleLine(channel_.TakeLine()));
    } else if (channel_.has_ended()) {
      break;
    }
    if (is_over_) break;
    loop_->RunTurn(channel_.has_line() || channel_.has_ended()
                       ? absl::ZeroDuration()
                       : absl::InfiniteDuration());
  }
  is_quiet_ = true;
  return absl::OkStatus();
}

absl::Status Testee::HandleLine(const std::string& line) {
  const absl::StatusOr<conformance::RunnerMessage> message =
      conformance::DecodeRunnerLine(line);
  if (!message.ok()) return message.status();
  return std::visit([this](const auto& each) { return Handle(each); },
                    *message);
}

// --- One scenario after the other ---

absl::Status Testee::Handle(const conformance::HelloRequest& message) {
  if (message.protocol != conformance::kProtocolVersion) {
    return absl::InvalidArgumentError("this is a testee of protocol 1");
  }
  conformance::Hello hello;
  hello.implementation_name = "asyncio-streams";
  hello.implementation_version = kEdition;
  hello.edition = kEdition;
  hello.capabilities = {"reader",  "transport", "tcp",     "unix",     "server",
                        "sockets", "cancel",    "clock",   "drop",     "events",
                        "stats",   "tls-1.2",   "tls-1.3", "start-tls"};
  channel_.Send(hello);
  return absl::OkStatus();
}

absl::Status Testee::Handle(const conformance::Reset&) {
  EndLoop();
  STREAMS_RETURN_IF_ERROR(StartLoop());
  base_ = Count();
  is_quiet_ = false;
  channel_.Send(conformance::Ready());
  return absl::OkStatus();
}

absl::Status Testee::StartLoop() {
  loop_ = std::make_unique<EventLoop>();
  loop_->SetExceptionHandler([this](const ExceptionContext& context) {
    SendEvent("exception_handler", context.message);
    std::fprintf(stderr, "%s: %s\n", context.message.c_str(),
                 std::string(context.exception.message()).c_str());
  });
  loop_->SetWarningHandler(
      [this](absl::string_view category, absl::string_view message) {
        // What is logged is no event.
        if (category != kLoggerName) SendEvent(category, message);
        std::fprintf(stderr, "%s: %s\n", std::string(category).c_str(),
                     std::string(message).c_str());
      });
  return channel_.Join(*loop_);
}

void Testee::EndLoop() {
  is_quiet_ = true;
  channel_.Leave();
  running_.clear();
  names_.clear();
  loop_ = nullptr;
}

absl::Status Testee::Handle(const conformance::Bye&) {
  is_over_ = true;
  return absl::OkStatus();
}

absl::Status Testee::Handle(const conformance::Settle&) {
  // Not to take the next message for something that happened.
  channel_.Leave();
  while (loop_->RunTurn(absl::ZeroDuration()) > 0) {
  }
  channel_.Send(conformance::Settled());
  return channel_.Join(*loop_);
}

absl::Status Testee::Handle(const conformance::Advance& message) {
  loop_->AdvanceClock(absl::Seconds(message.seconds));
  channel_.Send(conformance::Ack{message.id});
  return absl::OkStatus();
}

// --- Calls ---

absl::Status Testee::Handle(const conformance::Batch& message) {
  for (const conformance::Batch::Item& item : message.ops) {
    STREAMS_RETURN_IF_ERROR(
        std::visit([this](const auto& each) { return Handle(each); }, item));
  }
  return absl::OkStatus();
}

absl::Status Testee::Handle(const conformance::Op& op) {
  absl::StatusOr<Answer> answer =
      Perform(op.target, op.form, op.name, op.args, op.kwargs);
  channel_.Send(conformance::Ack{op.id});
  if (!answer.ok()) {
    Finish(op.id, op.bind, answer.status());
  } else if (auto* const item = std::get_if<Item>(&*answer)) {
    Finish(op.id, op.bind,
           op.await ? absl::StatusOr<Item>(NotAwaitable(*item))
                    : absl::StatusOr<Item>(std::move(*item)));
  } else if (op.await) {
    running_[op.id] = std::make_unique<Running>(
        *this, op, std::move(std::get<Pending>(*answer)));
  } else {
    if (op.bind.empty()) {
      SendEvent("RuntimeWarning", "coroutine was never awaited");
    }
    conformance::Object coroutine{"coroutine"};
    Finish(op.id, op.bind, Item(conformance::Value(coroutine)));
  }
  return absl::OkStatus();
}

absl::StatusOr<Answer> Testee::Perform(
    const std::string& target, conformance::Op::Form form,
    const std::string& name, const std::vector<conformance::Value>& args,
    const conformance::NamedValues& kwargs) {
  std::shared_ptr<Object> self;
  if (!target.empty()) {
    STREAMS_ASSIGN_OR_RETURN(const Item item, LookUp(target));
    self = item.object();
    if (self == nullptr) {
      return PythonError(
          "AttributeError",
          absl::StrCat("'", item.ToValue().type_name(),
                       "' object has no attribute '", name, "'"));
    }
  }
  const Operation* const operation = FindOperation(
      self.get(), name,
      form == conformance::Op::Form::kCall ? Operation::Form::kCall
                                           : Operation::Form::kGet);
  if (operation == nullptr && form != conformance::Op::Form::kCall &&
      FindOperation(self.get(), name, Operation::Form::kCall) != nullptr) {
    return Item(std::make_shared<OpaqueObject>("method"));
  }
  if (operation == nullptr) {
    return PythonError(
        "AttributeError",
        self == nullptr
            ? absl::StrCat("module 'asyncio' has no attribute '", name, "'")
            : absl::StrCat("'", self->class_name(),
                           "' object has no attribute '", name, "'"));
  }
  std::vector<Argument> positional;
  for (const conformance::Value& value : args) {
    STREAMS_ASSIGN_OR_RETURN(Argument argument, Resolve(value));
    positional.push_back(std::move(argument));
  }
  std::vector<std::pair<std::string, Argument>> named;
  for (const auto& [key, value] : kwargs) {
    STREAMS_ASSIGN_OR_RETURN(Argument argument, Resolve(value));
    named.emplace_back(key, std::move(argument));
  }
  Call call(*loop_, std::move(self), name, std::move(positional),
            std::move(named));
  absl::StatusOr<Answer> answer = operation->perform(call);
  if (!answer.ok() && call.is_bound() &&
      operation->form == Operation::Form::kCoroutine) {
    return Raise(answer.status());
  }
  return answer;
}

absl::StatusOr<Item> Testee::LookUp(const std::string& path) {
  const std::vector<std::string> parts = absl::StrSplit(path, '.');
  const auto found = names_.find(parts.front());
  if (found == names_.end()) {
    return PythonError("NameError",
                       absl::StrCat("name '", parts.front(), "' is not bound"));
  }
  Item item = found->second;
  for (size_t i = 1; i < parts.size(); ++i) {
    const Operation* const attribute =
        item.object() == nullptr ? nullptr
                                 : FindOperation(item.object().get(), parts[i],
                                                 Operation::Form::kGet);
    if (attribute == nullptr) {
      return PythonError("AttributeError",
                         absl::StrCat("no attribute '", parts[i], "'"));
    }
    Call call(*loop_, item.object(), parts[i], {}, {});
    STREAMS_ASSIGN_OR_RETURN(Answer answer, attribute->perform(call));
    item = std::move(std::get<Item>(answer));
  }
  return item;
}

absl::StatusOr<Argument> Testee::Resolve(const conformance::Value& value) {
  if (const auto* reference = value.get_if<conformance::Reference>()) {
    return LookUp(reference->name);
  }
  if (const auto* callback = value.get_if<conformance::Callback>()) {
    return *callback;
  }
  if (const auto* call = value.get_if<conformance::CallValue>()) {
    STREAMS_ASSIGN_OR_RETURN(Answer answer,
                             Perform(call->target, conformance::Op::Form::kCall,
                                     call->call, call->args, call->kwargs));
    if (auto* const item = std::get_if<Item>(&answer)) return std::move(*item);
    return std::make_shared<Pending>(std::move(std::get<Pending>(answer)));
  }
  return Item(value);
}

void Testee::Finish(int64_t id, const std::vector<std::string>& bind,
                    absl::StatusOr<Item> result) {
  conformance::Done done;
  done.id = id;
  absl::Status status = result.status();
  if (status.ok()) status = Bind(bind, *result);
  if (status.ok()) {
    done.result = result->ToValue();
  } else {
    done.raised = true;
    done.result = ErrorToValue(status);
  }
  channel_.Send(done);
}

absl::Status Testee::Bind(const std::vector<std::string>& names,
                          const Item& item) {
  if (names.size() == 1) {
    names_[names.front()] = item;
    return absl::OkStatus();
  }
  if (names.empty()) return absl::OkStatus();
  const std::vector<Item> parts = item.Parts();
  if (parts.size() != names.size()) {
    return MakeError(
        ErrorKind::kValue,
        absl::StrCat(parts.size(), " values for ", names.size(), " names"));
  }
  for (size_t i = 0; i < names.size(); ++i) names_[names[i]] = parts[i];
  return absl::OkStatus();
}

absl::Status Testee::Handle(const conformance::Cancel& message) {
  const auto running = running_.find(message.of);
  if (running != running_.end()) running->second->Cancel();
  channel_.Send(conformance::Ack{message.id});
  return absl::OkStatus();
}

absl::Status Testee::Handle(const conformance::Drop& message) {
  for (const std::string& name : message.names) names_.erase(name);
  channel_.Send(conformance::Ack{message.id});
  return absl::OkStatus();
}

// --- What is to be seen besides results ---

Testee::Counts Testee::Count() const {
  return {CountDescriptors(), static_cast<int64_t>(loop_->live_tasks()),
          loop_->open_transports()};
}

absl::Status Testee::Handle(const conformance::StatsRequest&) {
  const Counts now = Count();
  conformance::Stats stats;
  stats.counts["open_descriptors"] =
      now.open_descriptors - base_.open_descriptors;
  stats.counts["live_tasks"] = now.live_tasks - base_.live_tasks;
  stats.counts["unclosed_transports"] =
      now.unclosed_transports - base_.unclosed_transports;
  channel_.Send(stats);
  return absl::OkStatus();
}

void Testee::SendEvent(absl::string_view name, absl::string_view message) {
  if (is_quiet_) return;
  conformance::Event event;
  event.name = std::string(name);
  event.message = std::string(message);
  channel_.Send(event);
}

}  // namespace streams::testee
