// SPDX-License-Identifier: Apache-2.0
#include "streams/os/path_status.h"

#include <stdlib.h>
#include <unistd.h>

#include <string>

#include "gtest/gtest.h"
#include "streams/os/address.h"
#include "streams/os/error.h"
#include "streams/os/socket.h"

namespace streams {
namespace {

TEST(PathStatusTest, TellsASocketAndWhetherItIsTheSame) {
  // Bazel's own directory for tests is longer than a socket's path may be.
  char directory[] = "/tmp/path_status_test.XXXXXX";
  ASSERT_NE(::mkdtemp(directory), nullptr);
  const std::string path = std::string(directory) + "/socket";
  EXPECT_EQ(GetErrorKind(GetPathStatus(path).status()),
            ErrorKind::kFileNotFound);
  EXPECT_EQ(GetErrorKind(RemovePath(path)), ErrorKind::kFileNotFound);

  StreamSocket socket = *StreamSocket::Create(AddressFamily::kUnix);
  ASSERT_TRUE(socket.Bind(*SocketAddress::FromUnixPath(path)).ok());
  const auto status = GetPathStatus(path);
  ASSERT_TRUE(status.ok());
  EXPECT_TRUE(status->is_socket);
  EXPECT_EQ(GetPathStatus(path)->inode, status->inode);
  EXPECT_EQ(GetPathStatus(path)->device, status->device);
  EXPECT_TRUE(RemovePath(path).ok());
  EXPECT_FALSE(GetPathStatus(path).ok());

  EXPECT_FALSE(GetPathStatus(directory)->is_socket);
  EXPECT_NE(GetPathStatus(directory)->inode, status->inode);
  EXPECT_EQ(::rmdir(directory), 0);
}

}  // namespace
}  // namespace streams
