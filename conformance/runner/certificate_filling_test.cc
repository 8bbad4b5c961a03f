// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/certificate_filling.h"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "conformance/certificates/certificates.h"
#include "gtest/gtest.h"

namespace conformance {
namespace {

std::string TextOf(const Value* value) {
  const auto* text = value == nullptr ? nullptr : value->get_if<std::string>();
  return text == nullptr ? "(no text)" : *text;
}

std::string Contents(const std::string& path) {
  std::ostringstream contents;
  contents << std::ifstream(path).rdbuf();
  return contents.str();
}

TEST(CertificateFillingTest, ANameBecomesThePathOfAFile) {
  std::string path;
  {
    ScenarioFolder folder;
    NamedValues keywords;
    SetNamed(keywords, "ca", std::string("ca"));
    SetNamed(keywords, "certificate", std::string("server"));
    SetNamed(keywords, "password", std::string("server"));
    FillCertificates("server_context", keywords, folder);
    path = TextOf(FindNamed(keywords, "certificate"));
    EXPECT_EQ(Contents(path), FindCertificate("server"));
    EXPECT_EQ(Contents(TextOf(FindNamed(keywords, "ca"))),
              FindCertificate("ca"));
    EXPECT_EQ(TextOf(FindNamed(keywords, "password")), "server");
    EXPECT_EQ(folder.CertificatePath("server"), path);
  }
  EXPECT_NE(access(path.c_str(), F_OK), 0) << "left behind: " << path;
}

TEST(CertificateFillingTest, WhatIsNoNameOfOneStays) {
  ScenarioFolder folder;
  NamedValues keywords;
  SetNamed(keywords, "certificate", std::string("/etc/mine.pem"));
  SetNamed(keywords, "ca", Value());
  FillCertificates("client_context", keywords, folder);
  EXPECT_EQ(TextOf(FindNamed(keywords, "certificate")), "/etc/mine.pem");
  EXPECT_TRUE(FindNamed(keywords, "ca")->is_none());
  NamedValues others;
  SetNamed(others, "certificate", std::string("server"));
  FillCertificates("open_connection", others, folder);
  EXPECT_EQ(TextOf(FindNamed(others, "certificate")), "server");
}

TEST(CertificateFillingTest, CallsWithinArgumentsAreFilled) {
  ScenarioFolder folder;
  CallValue call;
  call.call = "client_context";
  SetNamed(call.kwargs, "ca", std::string("ca"));
  std::vector<Value> arguments;
  arguments.emplace_back(std::move(call));
  NamedValues keywords;
  FillCertificatesInArguments(arguments, keywords, folder);
  const auto* filled = arguments[0].get_if<CallValue>();
  EXPECT_EQ(TextOf(FindNamed(filled->kwargs, "ca")),
            folder.CertificatePath("ca"));
}

}  // namespace
}  // namespace conformance
