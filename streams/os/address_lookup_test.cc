// SPDX-License-Identifier: Apache-2.0
#include "streams/os/address_lookup.h"

#include <netdb.h>
#include <netinet/in.h>

#include <optional>

#include "gtest/gtest.h"
#include "streams/os/address.h"
#include "streams/os/error.h"

namespace streams {
namespace {

AddressQuery Query(const char* host, const char* service) {
  AddressQuery query;
  query.set_host(host).set_service(service);
  return query;
}

// As asyncio.base_events._ipaddr_info() of CPython 3.15.2.
TEST(AnswerLiteralTest, AnswersLiteralsWithAPortInDigits) {
  const auto v4 = AnswerLiteral(Query("127.0.0.1", "80"));
  ASSERT_TRUE(v4.has_value());
  EXPECT_EQ(v4->address.ToString(), "127.0.0.1:80");
  EXPECT_EQ(v4->family, AddressFamily::kInet);
  EXPECT_EQ(v4->protocol, IPPROTO_TCP);
  EXPECT_EQ(AnswerLiteral(Query("::1", ""))->address.ToString(), "[::1]:0");
}

TEST(AnswerLiteralTest, LeavesTheRestToTheSystem) {
  EXPECT_FALSE(AnswerLiteral(Query("localhost", "80")).has_value());
  EXPECT_FALSE(AnswerLiteral(Query("127.0.0.1", "http")).has_value());
  EXPECT_FALSE(AnswerLiteral(Query("fe80::1%1", "80")).has_value());
  EXPECT_FALSE(AnswerLiteral(Query("127.0.0.1", "70000")).has_value());
  EXPECT_FALSE(AnswerLiteral(AddressQuery()).has_value());
  AddressQuery other_family = Query("127.0.0.1", "80");
  other_family.set_family(AddressFamily::kInet6);
  EXPECT_FALSE(AnswerLiteral(other_family).has_value());
  AddressQuery udp = Query("127.0.0.1", "80");
  udp.set_protocol(IPPROTO_UDP);
  ASSERT_TRUE(AnswerLiteral(udp).has_value());
  EXPECT_EQ(AnswerLiteral(udp)->protocol, IPPROTO_TCP);

  AddressQuery other_protocol = Query("127.0.0.1", "80");
  other_protocol.set_protocol(IPPROTO_SCTP);
  EXPECT_FALSE(AnswerLiteral(other_protocol).has_value());
}

TEST(LookUpAddressTest, AsksTheSystem) {
  AddressQuery query = Query("127.0.0.1", "80");
  query.set_flags(AI_NUMERICHOST | AI_CANONNAME);
  const auto answers = LookUpAddress(query);
  ASSERT_TRUE(answers.ok());
  ASSERT_EQ(answers->size(), 1u);
  EXPECT_EQ((*answers)[0].address.ToString(), "127.0.0.1:80");
  EXPECT_EQ((*answers)[0].canonical_name, "127.0.0.1");
  EXPECT_EQ((*answers)[0].protocol, IPPROTO_TCP);
}

TEST(LookUpAddressTest, WithoutHostItIsLoopbackOrTheWildcard) {
  AddressQuery query;
  query.set_port(7).set_family(AddressFamily::kInet);
  EXPECT_EQ((*LookUpAddress(query))[0].address.ToString(), "127.0.0.1:7");
  query.set_flags(AI_PASSIVE);
  EXPECT_EQ((*LookUpAddress(query))[0].address.ToString(), "0.0.0.0:7");
}

// socket.getaddrinfo("127.0.0.1\0.example", 80)  ->  ValueError
TEST(LookUpAddressTest, RefusesANullByteInsteadOfLookingUpWhatIsBeforeIt) {
  AddressQuery query;
  query.set_host(std::string("127.0.0.1\0.example", 18)).set_service("80");
  query.set_flags(AI_NUMERICHOST);
  EXPECT_EQ(GetErrorKind(LookUpAddress(query).status()), ErrorKind::kValue);
  query.set_host("127.0.0.1").set_service(std::string("8\0000", 3));
  EXPECT_EQ(GetErrorKind(LookUpAddress(query).status()), ErrorKind::kValue);
}

TEST(LookUpAddressTest, GivesTheSystemsError) {
  AddressQuery query = Query("no literal", "80");
  query.set_flags(AI_NUMERICHOST);
  EXPECT_EQ(GetErrno(LookUpAddress(query).status()), EAI_NONAME);
}

}  // namespace
}  // namespace streams
