// SPDX-License-Identifier: Apache-2.0
#include "streams/os/append_file.h"

#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "streams/os/error.h"

namespace streams::os {
namespace {

std::string Contents(const std::string& path) {
  std::ifstream file(path);
  std::stringstream contents;
  contents << file.rdbuf();
  return contents.str();
}

TEST(AppendFileTest, AppendsToWhatIsThere) {
  const std::string path = ::testing::TempDir() + "/append_file";
  AppendFile first;
  EXPECT_FALSE(first.is_open());
  first.AppendLine("nowhere");
  ASSERT_TRUE(first.Open(path).ok());
  EXPECT_TRUE(first.is_open());
  first.AppendLine("one");
  AppendFile second;
  ASSERT_TRUE(second.Open(path).ok());
  second.AppendLine("two");
  first.AppendLine("three");
  EXPECT_EQ(Contents(path), "one\ntwo\nthree\n");
}

TEST(AppendFileTest, IsForItsOwnerOnly) {
  const std::string path = ::testing::TempDir() + "/append_file_mode";
  AppendFile file;
  ASSERT_TRUE(file.Open(path).ok());
  struct stat status;
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(AppendFileTest, WhatCannotBeOpened) {
  AppendFile file;
  const std::string path = ::testing::TempDir() + "/append_file_kept";
  ASSERT_TRUE(file.Open(path).ok());
  EXPECT_EQ(GetErrorKind(file.Open("/nonexistent/file")),
            ErrorKind::kFileNotFound);
  file.AppendLine("kept");
  EXPECT_EQ(Contents(path), "kept\n");
}

}  // namespace
}  // namespace streams::os
