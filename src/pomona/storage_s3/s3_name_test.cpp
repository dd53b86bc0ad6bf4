// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_name.h"

#include <gtest/gtest.h>

#include <string>

namespace pomona {
namespace {

TEST(S3NameTest, TheWayThereAndBackLosesNothing) {
  for (const std::string key :
       {"a/b.jpg", "Äpfel, \"rot\"\n/100%/1.jpg", "%FF%FE.jpg", "a%2520b.jpg", "ü/%E4.jpg"}) {
    EXPECT_EQ(key_from_s3_name(s3_name_from_key(key)), key);
  }
}

TEST(S3NameTest, AnEscapeInANameIsText) {
  EXPECT_EQ(key_from_s3_name("a%20b.jpg"), "a%2520b.jpg");
  EXPECT_EQ(s3_name_from_key("a%2520b.jpg"), "a%20b.jpg");
}

TEST(S3NameTest, BytesThatAreNoUtf8StayEscaped) {
  EXPECT_EQ(s3_name_from_key("ü/%E4.jpg"), "ü/%E4.jpg");
}

TEST(S3NameTest, WhatCanBeNoKey) {
  for (const std::string name : {"a//b", "/a", "a/", "../a", "a/./b", ""}) {
    EXPECT_EQ(key_from_s3_name(name), "") << name;
  }
}

}  // namespace
}  // namespace pomona
