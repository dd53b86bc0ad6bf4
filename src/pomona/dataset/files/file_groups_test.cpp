// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/files/file_groups.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

Manifest some_manifest() {
  Manifest manifest;
  manifest.labels = {""};
  for (const char* path : {"a/1.jpg", "a/2.JPG", "a/3.jpg", "a/4.png"}) {
    manifest.rows.push_back({path, 0, 0, Split::kTrain, FileStatus::kFailed});
    manifest.failures.push_back({Split::kTrain, path, "decode", "not_an_image", "it is empty"});
  }
  manifest.rows.push_back({"a/5.jpg", 0, 0, Split::kTrain, FileStatus::kOk});
  for (const char* path : {"README", "b/notes.txt"}) {
    manifest.rows.push_back({path, 0, 0, Split::kTrain, FileStatus::kSkipped});
  }
  manifest.rows.push_back(
      {"c/.x/1.jpg", 0, 0, Split::kTrain, FileStatus::kSkipped, SkipReason::kHidden});
  return manifest;
}

TEST(FileGroups, CountByReasonAndExtension) {
  const std::vector<FileGroup> groups = group_files(some_manifest());
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups[0].status, FileStatus::kFailed);
  EXPECT_EQ(groups[0].count, 4U);
  EXPECT_THAT(groups[0].extensions, ElementsAre(Pair(".jpg", 3), Pair(".png", 1)));
  EXPECT_EQ(groups[0].examples.size(), 3U);
  EXPECT_EQ(groups[1].reason, "no_image");
  EXPECT_THAT(groups[1].extensions, ElementsAre(Pair("", 1), Pair(".txt", 1)));
  EXPECT_EQ(groups[2].reason, "hidden");
  EXPECT_THAT(group_files({}), IsEmpty());
}

TEST(FileGroups, AreDescribedInASentence) {
  const std::vector<FileGroup> groups = group_files(some_manifest());
  EXPECT_EQ(describe(groups[0]), "4 not_an_image (3 .jpg, 1 .png), such as 'a/1.jpg': it is empty");
  EXPECT_EQ(describe(groups[1]),
            "2 no image by content and name (1 without extension, 1 .txt), such as 'README'");
  EXPECT_EQ(describe(groups[2]), "1 with a hidden name (1 .jpg), such as 'c/.x/1.jpg'");
}

TEST(FileGroups, JsonLeadsBack) {
  const Json json = file_groups_json(group_files(some_manifest()));
  EXPECT_EQ(file_groups_json(parse_file_groups(json, "here")), json);
  EXPECT_THROW(parse_file_groups(Json::array({1}), "here"), Error);
}

}  // namespace
}  // namespace pomona
