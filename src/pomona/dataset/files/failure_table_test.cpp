// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/files/failure_table.h"

#include <gtest/gtest.h>

#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

std::string failure_csv(const std::vector<FileFailure>& failures) {
  MemoryStore store;
  write_failures(failures, store);
  return store.read("failures.csv");
}

TEST(FailureTableTest, IsTheHeaderAloneWhereNothingFailed) {
  EXPECT_EQ(failure_csv({}), "path,stage,kind,message\n");
}

TEST(FailureTableTest, QuotesWhatNeedsIt) {
  EXPECT_EQ(
      failure_csv({{Split::kTest, "a/1.jpg", "read", "gone", "it is gone"},
                   {Split::kTrain, "b,c/2.jpg", "decode", "corrupt", "a \"marker\"\nis bad"}}),
      "path,stage,kind,message\n"
      "a/1.jpg,read,gone,it is gone\n"
      "\"b,c/2.jpg\",decode,corrupt,\"a \"\"marker\"\"\nis bad\"\n");
}

}  // namespace
}  // namespace pomona
