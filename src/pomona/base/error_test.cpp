// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/error.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace pomona {
namespace {

// The names stand in files and logs: a change here is one of the formats.
TEST(ErrorTest, KindsHaveTheirNames) {
  const std::map<ErrorKind, std::string_view> names = {{ErrorKind::kInvalidInput, "invalid_input"},
                                                       {ErrorKind::kNotFound, "not_found"},
                                                       {ErrorKind::kUnavailable, "unavailable"},
                                                       {ErrorKind::kDenied, "denied"},
                                                       {ErrorKind::kTimedOut, "timed_out"},
                                                       {ErrorKind::kReplaced, "replaced"},
                                                       {ErrorKind::kCorrupt, "corrupt"},
                                                       {ErrorKind::kInterrupted, "interrupted"},
                                                       {ErrorKind::kInternal, "internal"}};
  for (const auto& [kind, name] : names) EXPECT_EQ(error_kind_name(kind), name);
}

TEST(ErrorTest, WhatIsCaughtAsAStandardExceptionKeepsKindAndMessage) {
  try {
    throw Error(ErrorKind::kDenied, "reading a: no permission");
  } catch (const std::runtime_error& caught) {
    EXPECT_STREQ(caught.what(), "reading a: no permission");
    const auto* error = dynamic_cast<const Error*>(&caught);
    ASSERT_NE(error, nullptr);
    EXPECT_EQ(error->kind(), ErrorKind::kDenied);
  }
}

}  // namespace
}  // namespace pomona
