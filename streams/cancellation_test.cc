// SPDX-License-Identifier: Apache-2.0

// Every call that waits, cancelled and dropped at every point: before it has
// begun, while it is parked, and when what it waits for has come but it has not
// been told yet. Whatever the moment, nothing is left behind (descriptors,
// tasks, transports), and no byte is lost.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/loop/resolver.h"
#include "streams/streams.h"

namespace streams {
namespace {

using Result = Task<absl::Status>;

constexpr absl::string_view kSent = "one line\nand the rest";
constexpr char kSocketPath[] = "cancellation_test.socket";

int64_t CountDescriptors() {
  internal::WaitUntilResolverIsIdle();
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return std::distance(begin(entries), end(entries));
}

// A connection, both ends of which are here, and what was read of it.
class Scene {
 public:
  explicit Scene(bool is_pair) {
    loop_.SetWarningHandler([](absl::string_view, absl::string_view) {});
    if (!is_pair) return;
    server_ = loop_
                  .RunUntilComplete(StartServer(
                      loop_,
                      [this](std::unique_ptr<StreamReader> reader,
                             std::unique_ptr<StreamWriter> writer) {
                        peer_ = {std::move(reader), std::move(writer)};
                      },
                      "127.0.0.1", 0))
                  .value();
    const uint16_t port = server_->Sockets().front()->GetSockName()->port();
    own_ = loop_.RunUntilComplete(OpenConnection(loop_, "127.0.0.1", port))
               .value();
    Settle();
  }
  ~Scene() {
    if (server_ != nullptr) server_->Close();
  }

  EventLoop& loop() { return loop_; }
  StreamReader& reader() { return *own_.reader; }
  StreamWriter& writer() { return *own_.writer; }
  StreamPair& peer() { return peer_; }
  Server& server() { return *server_; }

  void Turns(int count) {
    while (count-- > 0) loop_.RunTurn(absl::ZeroDuration());
  }
  void Settle() {
    while (loop_.RunTurn(absl::ZeroDuration()) > 0) {
    }
  }

  // What the call under test has read.
  absl::Status Got(absl::StatusOr<std::string> bytes) {
    if (bytes.ok()) got_ += *bytes;
    return bytes.status();
  }
  const std::string& got() const { return got_; }

 private:
  EventLoop loop_;
  std::shared_ptr<Server> server_;
  StreamPair own_;
  StreamPair peer_;
  std::string got_;
};

// --- What is called ---

Result Read(Scene& scene) {
  co_return scene.Got(co_await scene.reader().Read(100));
}
Result ReadLine(Scene& scene) {
  co_return scene.Got(co_await scene.reader().ReadLine());
}
Result ReadExactly(Scene& scene) {
  co_return scene.Got(co_await scene.reader().ReadExactly(12));
}
Result ReadUntil(Scene& scene) {
  co_return scene.Got(co_await scene.reader().ReadUntil("and"));
}
template <class Operation>
Result Into(Scene& scene, Operation operation) {
  std::string bytes = "of an earlier call";
  absl::Status status = co_await std::move(operation).Into(bytes);
  EXPECT_EQ(bytes.empty(), !status.ok());
  co_return status.ok() ? scene.Got(std::move(bytes)) : status;
}
Result ReadInto(Scene& scene) { return Into(scene, scene.reader().Read(100)); }
Result ReadLineInto(Scene& scene) {
  return Into(scene, scene.reader().ReadLine());
}
Result ReadExactlyInto(Scene& scene) {
  return Into(scene, scene.reader().ReadExactly(12));
}
Result ReadUntilInto(Scene& scene) {
  return Into(scene, scene.reader().ReadUntil("and"));
}
Result Next(Scene& scene) {
  absl::StatusOr<std::optional<std::string>> line =
      co_await scene.reader().Next();
  if (!line.ok()) co_return line.status();
  co_return scene.Got((*line).value_or(""));
}
Result ReadWithin(Scene& scene) {
  co_return scene.Got(co_await WaitFor(scene.loop(), scene.reader().ReadLine(),
                                       absl::Hours(1)));
}
Result ReadGathered(Scene& scene) {
  auto both = co_await Gather(scene.loop(), scene.reader().ReadLine(),
                              Yield(scene.loop()));
  if (!both.ok()) co_return both.status();
  co_return scene.Got(std::get<0>(*both));
}
Result ReadInAGroup(Scene& scene) {
  TaskGroup group(scene.loop());
  group.CreateTask(ReadLine(scene));
  co_return co_await group.Wait(Yield(scene.loop()));
}
Result Drain(Scene& scene) { co_return co_await scene.writer().Drain(); }
Result WaitClosed(Scene& scene) {
  co_return co_await scene.writer().WaitClosed();
}
Result ServerWaitClosed(Scene& scene) {
  co_return co_await scene.server().WaitClosed();
}
Result ServeForever(Scene& scene) {
  co_return co_await scene.server().ServeForever();
}
Result StartServing(Scene& scene) {
  co_return co_await scene.server().StartServing();
}
Result SleepAnHour(Scene& scene) {
  co_return co_await Sleep(scene.loop(), absl::Hours(1));
}
Result OpenTcp(Scene& scene) {
  const uint16_t port = scene.server().Sockets().front()->GetSockName()->port();
  co_return (co_await OpenConnection(scene.loop(), "127.0.0.1", port)).status();
}
// Through the resolver's threads, and two addresses at a time.
Result OpenByName(Scene& scene) {
  const uint16_t port = scene.server().Sockets().front()->GetSockName()->port();
  co_return (co_await OpenConnection(
                 scene.loop(), OpenConnectionOptions()
                                   .set_host("localhost")
                                   .set_port(port)
                                   .set_happy_eyeballs_delay(absl::Hours(1))))
      .status();
}
Result StartTcpServer(Scene& scene) {
  auto server = co_await StartServer(
      scene.loop(),
      [](std::unique_ptr<StreamReader>, std::unique_ptr<StreamWriter>) {},
      "127.0.0.1", 0);
  if (server.ok()) (*server)->Close();
  co_return server.status();
}
Result StartAUnixServer(Scene& scene) {
  auto server = co_await StartUnixServer(
      scene.loop(),
      [](std::unique_ptr<StreamReader>, std::unique_ptr<StreamWriter>) {},
      kSocketPath);
  if (server.ok()) (*server)->Close();
  co_return server.status();
}

// --- What ends the wait, and what must hold afterwards ---

void SendAll(Scene& scene) { scene.peer().writer->Write(kSent); }
void NobodyActs(Scene&) {}
void WriteTooMuch(Scene& scene) {
  scene.writer().Write(std::string(8 << 20, 'x'));
}
void PeerReadsAll(Scene& scene) {
  const std::string all =
      scene.loop()
          .RunUntilComplete(scene.peer().reader->ReadExactly(8 << 20))
          .value();
  EXPECT_EQ(static_cast<size_t>(std::count(all.begin(), all.end(), 'x')),
            all.size());
}
void CloseWriter(Scene& scene) { scene.writer().Close(); }
void CloseServerAndClients(Scene& scene) {
  scene.server().Close();
  scene.server().CloseClients();
}

// What the call has not returned is there for the next one.
void NoByteIsLost(Scene& scene) {
  if (scene.got().empty()) SendAll(scene);  // Or nothing has come at all.
  scene.peer().writer->Close();
  const absl::StatusOr<std::string> rest =
      scene.loop().RunUntilComplete(scene.reader().Read());
  ASSERT_TRUE(rest.ok()) << rest.status().message();
  const std::string all = scene.got() + *rest;
  EXPECT_EQ(all.substr(0, kSent.size()), kSent);
}
void NothingElse(Scene&) {}
// A write that is stuck goes on, and another drain sees its end.
void EverythingArrives(Scene& scene) {
  if (scene.writer().transport()->GetWriteBufferSize() > 0) {
    PeerReadsAll(scene);
  }
  EXPECT_TRUE(scene.loop().RunUntilComplete(scene.writer().Drain()).ok());
}

struct Case {
  const char* name;
  Result (*call)(Scene& scene);
  void (*before)(Scene& scene);
  void (*completes)(Scene& scene);
  void (*after)(Scene& scene);
  // What it may fail with on its own.
  ErrorKind error = ErrorKind::kNone;
};

constexpr Case kCases[] = {
    {"Read", Read, NobodyActs, SendAll, NoByteIsLost},
    {"ReadLine", ReadLine, NobodyActs, SendAll, NoByteIsLost},
    {"ReadExactly", ReadExactly, NobodyActs, SendAll, NoByteIsLost},
    {"ReadUntil", ReadUntil, NobodyActs, SendAll, NoByteIsLost},
    {"ReadInto", ReadInto, NobodyActs, SendAll, NoByteIsLost},
    {"ReadLineInto", ReadLineInto, NobodyActs, SendAll, NoByteIsLost},
    {"ReadExactlyInto", ReadExactlyInto, NobodyActs, SendAll, NoByteIsLost},
    {"ReadUntilInto", ReadUntilInto, NobodyActs, SendAll, NoByteIsLost},
    {"Next", Next, NobodyActs, SendAll, NoByteIsLost},
    {"ReadWithin", ReadWithin, NobodyActs, SendAll, NoByteIsLost},
    {"ReadGathered", ReadGathered, NobodyActs, SendAll, NothingElse},
    {"ReadInAGroup", ReadInAGroup, NobodyActs, SendAll, NoByteIsLost},
    {"Drain", Drain, WriteTooMuch, PeerReadsAll, EverythingArrives},
    {"DrainWhileClosing", Drain, CloseWriter, NobodyActs, NothingElse,
     ErrorKind::kConnectionReset},
    {"WaitClosed", WaitClosed, NobodyActs, CloseWriter, NothingElse},
    {"ServerWaitClosed", ServerWaitClosed, NobodyActs, CloseServerAndClients,
     NothingElse},
    {"ServeForever", ServeForever, NobodyActs, CloseServerAndClients,
     NothingElse},
    {"StartServing", StartServing, NobodyActs, NobodyActs, NothingElse},
    {"Sleep", SleepAnHour, NobodyActs, NobodyActs, NothingElse},
    {"OpenTcp", OpenTcp, NobodyActs, NobodyActs, NothingElse},
    {"OpenByName", OpenByName, NobodyActs, NobodyActs, NothingElse},
    {"StartTcpServer", StartTcpServer, NobodyActs, NobodyActs, NothingElse},
    {"StartAUnixServer", StartAUnixServer, NobodyActs, NobodyActs, NothingElse},
};

// How a call is ended: after `turns`, or, if `is_completed`, so many turns
// after what it waits for.
struct Moment {
  int turns;
  bool is_completed;
  bool is_dropped;
};

class CancellationTest : public testing::TestWithParam<Case> {
 protected:
  void EndAt(const Moment& moment) {
    const Case& tested = GetParam();
    Scene scene(/*is_pair=*/true);
    tested.before(scene);
    TaskHandle<absl::Status> task = Spawn(scene.loop(), tested.call(scene));
    if (moment.is_completed) {
      scene.Turns(2);
      tested.completes(scene);
    }
    scene.Turns(moment.turns);
    if (moment.is_dropped) {
      task.Reset();
    } else {
      task.Cancel();
      // A task that heeds its cancellation needs no more than a few turns.
      scene.Turns(10);
      ASSERT_TRUE(task.done());
      EXPECT_TRUE(task.cancelled() ||
                  GetErrorKind(task.result()) == ErrorKind::kNone ||
                  GetErrorKind(task.result()) == tested.error)
          << task.result().message();
    }
    scene.Settle();
    EXPECT_EQ(scene.loop().live_tasks(), 0u);
    tested.after(scene);
  }
};

INSTANTIATE_TEST_SUITE_P(Calls, CancellationTest, testing::ValuesIn(kCases),
                         [](const testing::TestParamInfo<Case>& tested) {
                           return std::string(tested.param.name);
                         });

TEST_P(CancellationTest, LeavesNothingBehindWheneverItComes) {
  std::filesystem::current_path(testing::TempDir());
  // Threads of the resolver, and what the library opens but once.
  EndAt({20, true, false});
  const int64_t descriptors = CountDescriptors();
  for (const bool is_dropped : {false, true}) {
    for (const bool is_completed : {false, true}) {
      for (int turns = 0; turns < 7; ++turns) {
        SCOPED_TRACE(absl::StrCat(is_dropped ? "dropped" : "cancelled",
                                  " after ", turns, " turns",
                                  is_completed ? " behind its end" : ""));
        EndAt({turns, is_completed, is_dropped});
      }
    }
  }
  EXPECT_EQ(CountDescriptors(), descriptors);
}

// --- Connecting that takes its time ---

// A listener whose queue is full: to connect to it is to wait.
class FullListener {
 public:
  FullListener() {
    listener_ = StreamSocket::Create(AddressFamily::kInet).value();
    EXPECT_TRUE(
        listener_.Bind(SocketAddress::FromIp("127.0.0.1", 0).value()).ok());
    EXPECT_TRUE(listener_.Listen(0).ok());
    address_ = listener_.GetSockName();
    // The queue of a backlog of none holds one.
    waiting_ = StreamSocket::ConnectBlocking(*address_).value();
  }
  uint16_t port() const { return address_->port(); }

 private:
  StreamSocket listener_;
  StreamSocket waiting_;
  std::optional<SocketAddress> address_;
};

TEST(ConnectingTest, CancelledOrDroppedItClosesTheSocket) {
  EventLoop loop;
  const FullListener listener;
  const int64_t descriptors = CountDescriptors();
  for (const bool is_dropped : {false, true}) {
    for (int turns = 0; turns < 5; ++turns) {
      auto opening =
          Spawn(loop, OpenConnection(loop, "127.0.0.1", listener.port()));
      for (int i = 0; i < turns; ++i) loop.RunTurn(absl::ZeroDuration());
      ASSERT_FALSE(opening.done());
      if (is_dropped) {
        opening.Reset();
      } else {
        opening.Cancel();
        for (int i = 0; i < 5; ++i) loop.RunTurn(absl::ZeroDuration());
        EXPECT_TRUE(opening.cancelled());
      }
      EXPECT_EQ(loop.live_tasks(), 0u);
      EXPECT_EQ(CountDescriptors(), descriptors);
    }
  }
}

TEST(ConnectingTest, ATimeoutClosesTheSocket) {
  EventLoop loop;
  const FullListener listener;
  const int64_t descriptors = CountDescriptors();
  auto opening = Spawn(
      loop, WaitFor(loop, OpenConnection(loop, "127.0.0.1", listener.port()),
                    absl::Seconds(30)));
  for (int i = 0; i < 5; ++i) loop.RunTurn(absl::ZeroDuration());
  EXPECT_EQ(CountDescriptors(), descriptors + 1);
  loop.AdvanceClock(absl::Seconds(31));
  EXPECT_EQ(GetErrorKind(loop.RunUntilDone(opening).status()),
            ErrorKind::kTimeout);
  EXPECT_EQ(CountDescriptors(), descriptors);
}

}  // namespace
}  // namespace streams
