// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/manifest.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(ManifestTest, NamesLeadBack) {
  for (const Split split : {Split::kTest, Split::kTrain}) {
    EXPECT_EQ(split_from_name(split_name(split)), split);
  }
  for (const FileStatus status : {FileStatus::kOk, FileStatus::kFailed, FileStatus::kSkipped}) {
    EXPECT_EQ(file_status_from_name(file_status_name(status)), status);
  }
  for (const SkipReason reason :
       {SkipReason::kNoImage, SkipReason::kHidden, SkipReason::kFileName, SkipReason::kClass}) {
    EXPECT_EQ(skip_reason_from_name(skip_reason_name(reason)), reason);
  }
  EXPECT_THAT([] { skip_reason_from_name("x"); }, ThrowsMessage<Error>(HasSubstr("found 'x'")));
  EXPECT_THAT([] { split_from_name("Test"); }, ThrowsMessage<Error>(HasSubstr("found 'Test'")));
  EXPECT_THAT([] { file_status_from_name(""); }, ThrowsMessage<Error>(HasSubstr("found ''")));
}

TEST(ManifestTest, RowsAreInByteOrderTestFirst) {
  Manifest manifest;
  for (const char* path : {"b/1.jpg", "a b/1.jpg", "a/1.jpg", "\xc3\xa4/1.jpg", "B/1.jpg"}) {
    manifest.rows.push_back({path});
  }
  manifest.rows.push_back({"z/1.jpg", 0, 0, Split::kTest});
  sort_rows(manifest);
  std::vector<std::string> paths;
  for (const ManifestRow& row : manifest.rows) paths.emplace_back(row.path);
  EXPECT_THAT(paths, ElementsAre("z/1.jpg", "B/1.jpg", "a b/1.jpg", "a/1.jpg", "b/1.jpg",
                                 "\xc3\xa4/1.jpg"));
}

TEST(ManifestTest, FailuresAreInTheOrderOfRows) {
  std::vector<FileFailure> failures = {{Split::kTrain, "a", "", "", ""},
                                       {Split::kTest, "c", "", "", ""},
                                       {Split::kTest, "b", "", "", ""}};
  sort_failures(failures);
  std::vector<std::string> paths;
  for (const FileFailure& failure : failures) paths.push_back(failure.path);
  EXPECT_THAT(paths, ElementsAre("b", "c", "a"));
}

}  // namespace
}  // namespace pomona
