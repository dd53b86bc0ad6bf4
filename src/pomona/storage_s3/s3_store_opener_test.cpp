// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_store_opener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(S3StoreOpenerTest, RefusesAnEndpointThatIsNone) {
  S3StoreOptions options;
  options.endpoint = "127.0.0.1:9000";
  EXPECT_THROW(S3StoreOpener(options).open("s3://fruits"), Error);
}

TEST(S3StoreOpenerTest, RefusesAnEndpointWithAPasswordAndDoesNotRepeatIt) {
  for (const char* endpoint :
       {"http://me:hunter2@host", "https://me:hun/hunter2@host", "me:hunter2@host"}) {
    S3StoreOptions options;
    options.endpoint = endpoint;
    try {
      S3StoreOpener(options).open("s3://fruits");
      ADD_FAILURE() << endpoint;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
      EXPECT_THAT(error.what(), Not(HasSubstr("hunter2")));
    }
  }
}

}  // namespace
}  // namespace pomona
