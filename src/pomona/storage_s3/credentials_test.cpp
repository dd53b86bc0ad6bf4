// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/credentials.h"

#include <gtest/gtest.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

// Credentials that are replaced before some of the calls that read them.
class RotatingProvider {
 public:
  // `rotations`: before which calls, the first being 0; each moves on to the next generation.
  explicit RotatingProvider(std::function<bool(int call)> rotates) : rotates_(std::move(rotates)) {}

  CredentialGetters getters() {
    return {[this] { return part("key"); }, [this] { return part("secret"); },
            [this] { return part("token"); }};
  }

  int calls() const { return calls_; }

 private:
  std::string part(const std::string& name) {
    if (rotates_(calls_++)) ++generation_;
    return name + std::to_string(generation_);
  }

  std::function<bool(int)> rotates_;
  int calls_ = 0;
  int generation_ = 0;
};

TEST(CredentialsTest, PartsBelongTogetherWheneverTheyAreRotated) {
  for (int first = 0; first < 6; ++first) {
    for (int second = first + 1; second < 9; ++second) {
      RotatingProvider provider([&](int call) { return call == first || call == second; });
      const S3Credentials read = read_credentials(provider.getters());
      const std::string generation = read.access_key_id.substr(3);
      EXPECT_EQ(read.secret_access_key, "secret" + generation) << first << " and " << second;
      EXPECT_EQ(read.session_token, "token" + generation) << first << " and " << second;
    }
  }
}

TEST(CredentialsTest, ThoseThatNeverStayAreAnErrorAndNoMixture) {
  RotatingProvider provider([](int) { return true; });
  try {
    read_credentials(provider.getters());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
    EXPECT_EQ(std::string(error.what()).find("secret1"), std::string::npos);
  }
}

TEST(CredentialsTest, WhereThereAreNoneNobodyIsAskedTwice) {
  int calls = 0;
  const auto none = [&] {
    ++calls;
    return std::string();
  };
  EXPECT_EQ(read_credentials({none, none, none}), S3Credentials{});
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace pomona
