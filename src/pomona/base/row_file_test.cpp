// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/row_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "pomona/base/error.h"

namespace pomona {
namespace {

namespace fs = std::filesystem;

class RowFileTest : public testing::Test {
 protected:
  RowFileTest() {
    folder_ =
        fs::path(testing::TempDir()) /
        ("row-file-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::create_directories(folder_);
  }
  ~RowFileTest() override { fs::remove_all(folder_); }

  fs::path folder_;
};

float first_of(const RowFile& file) {
  Matrix<float> rows(1, 2);
  file.read(0, rows.view());
  return rows.data()[0];
}

TEST_F(RowFileTest, TwoInOneFolderHaveNothingInCommon) {
  RowFile one(folder_.string(), 2);
  RowFile other(folder_.string(), 2);
  Matrix<float> rows(1, 2);
  rows.data()[0] = 1;
  one.append(rows.view());
  rows.data()[0] = 2;
  other.append(rows.view());
  EXPECT_EQ(first_of(one), 1);
  EXPECT_EQ(first_of(other), 2);
  EXPECT_TRUE(fs::is_empty(folder_)) << "neither has a name";
}

// As on file systems that make no file without a name.
TEST_F(RowFileTest, WhereEveryFileHasANameItIsGoneAtOnce) {
  for (const int unsupported : {EOPNOTSUPP, EISDIR, EINVAL}) {
    const int file = open_scratch_file(folder_.string(), [&](const std::string&) {
      errno = unsupported;
      return -1;
    });
    ASSERT_GE(file, 0) << unsupported;
    EXPECT_TRUE(fs::is_empty(folder_));
    char byte = 0;
    EXPECT_EQ(::pwrite(file, "x", 1, 5), 1);
    EXPECT_EQ(::pread(file, &byte, 1, 5), 1);
    EXPECT_EQ(byte, 'x');
    ::close(file);
  }
}

TEST_F(RowFileTest, AnotherFailureIsNoReasonForAName) {
  const int file = open_scratch_file(folder_.string(), [](const std::string&) {
    errno = ENOSPC;
    return -1;
  });
  EXPECT_EQ(file, -1);
  EXPECT_EQ(errno, ENOSPC);
}

TEST_F(RowFileTest, AFolderThatIsMissingIsNamed) {
  try {
    const RowFile file((folder_ / "nowhere").string(), 2);
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
    EXPECT_NE(std::string(error.what()).find("nowhere"), std::string::npos);
  }
}

TEST_F(RowFileTest, TheFolderOfTheSystemIsTMPDIR) {
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("TMPDIR", folder_.c_str(), 1);
  EXPECT_EQ(system_scratch_folder(), folder_.string());
  ::setenv("TMPDIR", (folder_ / "nowhere").c_str(), 1);
  try {
    (void)system_scratch_folder();
    ADD_FAILURE() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
  }
  ::unsetenv("TMPDIR");
  if (before != nullptr) ::setenv("TMPDIR", kept.c_str(), 1);
}

}  // namespace
}  // namespace pomona
