// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/credentials.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>

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

// Keeps the environment for the tests that follow.
class Environment {
 public:
  explicit Environment(const std::map<std::string, std::string>& values) {
    for (const auto& [name, value] : values) {
      const char* before = std::getenv(name.c_str());
      before_[name] = before == nullptr ? std::nullopt : std::optional<std::string>(before);
      ::setenv(name.c_str(), value.c_str(), 1);
    }
  }
  ~Environment() {
    for (const auto& [name, value] : before_) {
      value ? ::setenv(name.c_str(), value->c_str(), 1) : ::unsetenv(name.c_str());
    }
  }

 private:
  std::map<std::string, std::optional<std::string>> before_;
};

TEST(CredentialsTest, ThoseOfTheEnvironmentComeFirst) {
  const Environment environment({{"AWS_ACCESS_KEY_ID", "key"},
                                 {"AWS_SECRET_ACCESS_KEY", "secret"},
                                 {"AWS_SESSION_TOKEN", "token"}});
  const S3CredentialsSource source = default_s3_credentials();
  EXPECT_EQ(source(/*renew=*/false), (S3Credentials{"key", "secret", "token"}));
  EXPECT_EQ(source(/*renew=*/true), (S3Credentials{"key", "secret", "token"}));
}

TEST(CredentialsTest, AKeyWithoutItsSecretIsPassedOver) {
  const std::string file = ::testing::TempDir() + "pomona-credentials-test";
  std::ofstream(file) << "[default]\naws_access_key_id = other\naws_secret_access_key = hidden\n";
  const Environment environment({{"AWS_ACCESS_KEY_ID", "key"},
                                 {"AWS_SECRET_ACCESS_KEY", ""},
                                 {"AWS_PROFILE", "default"},
                                 {"AWS_EC2_METADATA_DISABLED", "true"},
                                 {"AWS_SHARED_CREDENTIALS_FILE", file}});
  EXPECT_EQ(default_s3_credentials()(/*renew=*/false), (S3Credentials{"other", "hidden", ""}));
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace pomona
