// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/store_opener.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "pomona/base/error.h"

namespace pomona {
namespace {

ErrorKind kind_of(const std::string& place) {
  try {
    local_store_opener()->open(place);
  } catch (const Error& error) {
    return error.kind();
  }
  return ErrorKind::kInternal;
}

TEST(LocalStoreOpener, RefusesWhatIsNoFolder) {
  EXPECT_EQ(kind_of("s3://fruits"), ErrorKind::kInvalidInput);
  EXPECT_EQ(kind_of("gs://fruits"), ErrorKind::kInvalidInput);
  EXPECT_EQ(kind_of(""), ErrorKind::kInvalidInput);
  EXPECT_EQ(kind_of(::testing::TempDir() + "/no-such-folder"), ErrorKind::kNotFound);
}

TEST(LocalStoreOpener, MakesAFolderOnlyWhenAsked) {
  const std::string place = ::testing::TempDir() + "/opened-folder";
  std::filesystem::remove_all(place);
  local_store_opener()->open(place, {.create = true})->write("a.txt", "apple");
  EXPECT_EQ(read_place(place + "/a.txt", 100, *local_store_opener()), "apple");
  EXPECT_THROW(read_place(place + "/a.txt", 4, *local_store_opener()), Error);
  std::filesystem::remove_all(place);
}

}  // namespace
}  // namespace pomona
