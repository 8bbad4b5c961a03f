// SPDX-License-Identifier: Apache-2.0

#include "streams/os/socket_users.h"

#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace streams {
namespace {

class RecordingUser final : public SocketUser {
 public:
  RecordingUser(std::string name, std::string& log)
      : name_(std::move(name)), log_(log) {}

 private:
  void OnSocketClosing() override {
    EXPECT_FALSE(has_socket());
    log_ += name_;
  }

  std::string name_;
  std::string& log_;
};

TEST(SocketUsersTest, EachIsToldOnce) {
  std::string log;
  RecordingUser a("a", log);
  RecordingUser b("b", log);
  {
    SocketUsers users;
    users.Add(a);
    users.Add(b);
    users.Dismiss();
    EXPECT_EQ(log, "ba");
  }
  EXPECT_EQ(log, "ba");
}

TEST(SocketUsersTest, WhoLeftIsNotTold) {
  std::string log;
  RecordingUser a("a", log);
  auto b = std::make_unique<RecordingUser>("b", log);
  RecordingUser c("c", log);
  SocketUsers users;
  users.Add(a);
  users.Add(*b);
  users.Add(c);
  b = nullptr;
  c.Leave();
  EXPECT_FALSE(c.has_socket());
  EXPECT_TRUE(a.has_socket());
  users.Dismiss();
  EXPECT_EQ(log, "a");
}

TEST(SocketUsersTest, TheEndOfTheSocketIsToldToo) {
  std::string log;
  RecordingUser a("a", log);
  {
    SocketUsers users;
    users.Add(a);
  }
  EXPECT_EQ(log, "a");
  EXPECT_FALSE(a.has_socket());
}

TEST(SocketUsersTest, ExclusiveUntilAllAllowOthers) {
  std::string log;
  RecordingUser a("a", log);
  RecordingUser b("b", log);
  SocketUsers users;
  EXPECT_FALSE(users.is_exclusive());
  users.Add(a);
  EXPECT_TRUE(users.is_exclusive());
  a.AllowOthers();
  EXPECT_FALSE(users.is_exclusive());
  users.Add(b);
  EXPECT_TRUE(users.is_exclusive());
  b.Leave();
  EXPECT_FALSE(users.is_exclusive());
}

}  // namespace
}  // namespace streams
