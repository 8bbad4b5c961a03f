// SPDX-License-Identifier: Apache-2.0

#include "conformance/protocol/value.h"

#include <cstdint>
#include <string>

#include "gtest/gtest.h"

namespace conformance {
namespace {

TEST(ValueTest, IsNoneByDefault) {
  EXPECT_TRUE(Value().is_none());
  EXPECT_EQ(Value(), Value(None()));
}

TEST(ValueTest, EqualityIsByTypeAndContent) {
  EXPECT_EQ(Value(1), Value(int64_t{1}));
  EXPECT_NE(Value(1), Value(true));
  EXPECT_NE(Value(1), Value(1.0));
  EXPECT_NE(Value(std::string("a")), Value(Bytes{"a"}));
  EXPECT_NE(Value(Tuple{{Value(1)}}), Value(List{{Value(1)}}));
  EXPECT_EQ(Value(Tuple{{Value(1), Value()}}), Value(Tuple{{1, None()}}));
  EXPECT_NE(Value(Tuple{{Value(1)}}), Value(Tuple{{Value(1), Value()}}));
}

TEST(ValueTest, AnErrorAsArgumentIsNotOneAsResult) {
  ErrorValue argument;
  argument.kind = "ValueError";
  ErrorValue result = argument;
  argument.args.emplace();
  EXPECT_NE(Value(argument), Value(result));
  result.message = "boom";
  ErrorValue other = result;
  EXPECT_EQ(Value(other), Value(result));
  other.message = "bang";
  EXPECT_NE(Value(other), Value(result));
}

TEST(NamedValuesTest, IsSortedAndReplaces) {
  NamedValues values;
  SetNamed(values, "partial", Bytes{"a"});
  SetNamed(values, "expected", 5);
  SetNamed(values, "partial", Bytes{"b"});
  ASSERT_EQ(values.size(), 2u);
  EXPECT_EQ(values[0].first, "expected");
  ASSERT_NE(FindNamed(values, "partial"), nullptr);
  EXPECT_EQ(*FindNamed(values, "partial"), Value(Bytes{"b"}));
  EXPECT_EQ(FindNamed(values, "consumed"), nullptr);
}

TEST(ValueTest, HasTheNamesOfPython) {
  EXPECT_EQ(Value().type_name(), "NoneType");
  EXPECT_EQ(Value(true).type_name(), "bool");
  EXPECT_EQ(Value(Bytes{"a"}).type_name(), "bytes");
  EXPECT_EQ(Value(Object{"StreamReader"}).type_name(), "StreamReader");
}

}  // namespace
}  // namespace conformance
