// SPDX-License-Identifier: Apache-2.0
#include "pomona/http/system_certificates.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>

namespace pomona {
namespace {

TEST(SystemCertificatesTest, ThoseOfAnotherDistributionAreFound) {
  const std::filesystem::path folder(testing::TempDir());
  const std::string first = folder / "first.pem";
  const std::string second = folder / "second.pem";
  const std::string missing = folder / "missing.pem";
  for (const std::string& file : {first, second}) std::ofstream{file}.flush();
  const std::array others{missing.c_str(), first.c_str(), second.c_str()};
  EXPECT_EQ(first_certificates(second, others), second);
  EXPECT_EQ(first_certificates(missing, others), first);
  EXPECT_EQ(first_certificates(missing, std::array{missing.c_str(), folder.c_str()}), "");
  EXPECT_EQ(first_certificates("", others), "");
}

TEST(SystemCertificatesTest, ThisSystemHasSome) {
  EXPECT_TRUE(std::filesystem::is_regular_file(system_certificates()));
}

}  // namespace
}  // namespace pomona
