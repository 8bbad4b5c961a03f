// SPDX-License-Identifier: Apache-2.0

// Everything that a connection consists of, destroyed in every order: under the
// sanitizers, none may use what is gone, and nothing may leak.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "streams/streams.h"

namespace streams {
namespace {

int64_t CountDescriptors() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return std::distance(begin(entries), end(entries));
}

enum Part { kReader, kWriter, kTransport, kServer, kPeer, kTask, kLoop };
constexpr std::array<Part, 7> kAllParts = {
    kReader, kWriter, kTransport, kServer, kPeer, kTask, kLoop};
constexpr const char* kNames[] = {"reader", "writer", "transport", "server",
                                  "peer",   "task",   "loop"};

enum class Variant {
  kQuiet,         // The loop does not turn in between.
  kTurning,       // It does, until nothing is left to do.
  kWritePending,  // And there is more written than the peer has taken.
};

// The server's side, in a task that belongs to the loop.
Task<absl::Status> Handle(std::unique_ptr<StreamReader> reader,
                          std::unique_ptr<StreamWriter> writer) {
  for (;;) {
    STREAMS_CO_ASSIGN_OR_RETURN(const std::string bytes,
                                co_await reader->Read(100));
    if (bytes.empty()) break;
    writer->Write(bytes);
    STREAMS_CO_RETURN_IF_ERROR(co_await writer->Drain());
  }
  co_return absl::OkStatus();
}

// A server, a connection through it whose handler waits for data, one whose
// other end is here too (`peer`), a transport that is held on its own, and a
// task that reads.
class House {
 public:
  explicit House(Variant variant)
      : variant_(variant), loop_(std::make_unique<EventLoop>()) {
    loop_->SetWarningHandler(
        [this](absl::string_view category, absl::string_view) {
          EXPECT_EQ(category, "ResourceWarning");
          ++warnings_;
        });
    loop_->SetExceptionHandler([](const ExceptionContext&) {});
    // Both kinds of callback: the first connection gets a task.
    server_ = loop_
                  ->RunUntilComplete(StartServer(
                      *loop_, ClientConnectedCallback(Handle), "127.0.0.1", 0))
                  .value();
    auto second = loop_
                      ->RunUntilComplete(StartServer(
                          *loop_,
                          [this](std::unique_ptr<StreamReader> reader,
                                 std::unique_ptr<StreamWriter> writer) {
                            peer_ = {std::move(reader), std::move(writer)};
                          },
                          "127.0.0.1", 0))
                      .value();
    handled_ = Connect(*server_);
    StreamPair own = Connect(*second);
    second->Close();
    reader_ = std::move(own.reader);
    writer_ = std::move(own.writer);
    transport_ = writer_->transport();
    task_ = Spawn(*loop_, reader_->ReadLine());
    if (variant_ == Variant::kWritePending) {
      writer_->Write(std::string(8 << 20, 'x'));
    }
    Settle();
  }

  void Destroy(Part part) {
    switch (part) {
      case kReader:
        reader_ = nullptr;
        break;
      case kWriter:
        writer_ = nullptr;
        break;
      case kTransport:
        transport_ = nullptr;
        break;
      case kServer:
        server_->Close();
        server_ = nullptr;
        break;
      case kPeer:
        peer_ = StreamPair();
        handled_ = StreamPair();
        break;
      case kTask:
        task_.Reset();
        break;
      case kLoop:
        loop_ = nullptr;
        break;
    }
    if (variant_ != Variant::kQuiet) Settle();
  }

  int warnings() const { return warnings_; }

 private:
  StreamPair Connect(Server& server) {
    const uint16_t port = server.Sockets().front()->GetSockName()->port();
    return loop_->RunUntilComplete(OpenConnection(*loop_, "127.0.0.1", port))
        .value();
  }
  void Settle() {
    while (loop_ != nullptr && loop_->RunTurn(absl::ZeroDuration()) > 0) {
    }
  }

  const Variant variant_;
  int warnings_ = 0;
  std::unique_ptr<EventLoop> loop_;
  std::shared_ptr<Server> server_;
  StreamPair handled_;
  StreamPair peer_;
  std::unique_ptr<StreamReader> reader_;
  std::unique_ptr<StreamWriter> writer_;
  std::shared_ptr<Transport> transport_;
  TaskHandle<absl::StatusOr<std::string>> task_;
};

std::string Described(const std::vector<Part>& order) {
  std::string text;
  for (const Part part : order) absl::StrAppend(&text, kNames[part], " ");
  return text;
}

class LifetimeTest : public testing::TestWithParam<Variant> {};

INSTANTIATE_TEST_SUITE_P(Variants, LifetimeTest,
                         testing::Values(Variant::kQuiet, Variant::kTurning,
                                         Variant::kWritePending));

// 7! orders; of the other variants, some of them.
TEST_P(LifetimeTest, EveryOrderOfDestructionIsFine) {
  const size_t step = GetParam() == Variant::kTurning ? 1 : 11;
  std::vector<Part> order(kAllParts.begin(), kAllParts.end());
  { const House first(GetParam()); }  // What is opened but once.
  const int64_t descriptors = CountDescriptors();
  size_t count = 0;
  do {
    if (count++ % step != 0) continue;
    {
      House house(GetParam());
      for (const Part part : order) house.Destroy(part);
    }
    ASSERT_EQ(CountDescriptors(), descriptors) << Described(order);
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(count, 5040u);
}

// event_loop.h: who made the loop need not be who runs it, or destroys it.
TEST(LifetimeOnThreadsTest, AConnectionOfOneThreadMayEndOnAnother) {
  auto loop = std::make_unique<EventLoop>();
  auto pair = StreamSocket::CreatePair().value();
  const auto socket = std::make_shared<StreamSocket>(std::move(pair.first));
  StreamPair streams;
  const auto open = [&] {
    return loop->RunUntilComplete(
        OpenConnection(*loop, OpenConnectionOptions().set_socket(socket)));
  };
  std::thread([&] { streams = open().value(); }).join();
  EXPECT_EQ(GetErrorKind(open().status()), ErrorKind::kRuntime);
  EXPECT_EQ(loop->open_transports(), 1);
  loop = nullptr;
  EXPECT_FALSE(socket->valid());
  EXPECT_TRUE(streams.writer->IsClosing());
  // The socket's place is free for another connection, here as elsewhere.
  *socket = std::move(pair.second);
  loop = std::make_unique<EventLoop>();
  std::thread([&] {
    streams = StreamPair();
    streams = open().value();
    streams.writer->Close();
  }).join();
  EXPECT_EQ(loop->open_transports(), 0);
}

// asyncio's ResourceWarning: once for each writer that is dropped open, unless
// the loop has closed the connection before.
TEST_P(LifetimeTest, AWriterDroppedOpenIsReported) {
  House house(GetParam());
  house.Destroy(kWriter);
  EXPECT_EQ(house.warnings(), 1);
  house.Destroy(kTransport);
  house.Destroy(kReader);
  EXPECT_EQ(house.warnings(), 1);

  House other(GetParam());
  other.Destroy(kLoop);
  // That of the handler, which went with its task.
  EXPECT_EQ(other.warnings(), 1);
  other.Destroy(kWriter);
  EXPECT_EQ(other.warnings(), 1);
}

}  // namespace
}  // namespace streams
