// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/studio_only.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

struct Photograph {
  const char* path;
  std::int32_t label;
  FileStatus status = FileStatus::kOk;
};

// Training photographs of apple (0), kiwi (1) and plum (2), after a test photograph of a kiwi.
TableRows rows_of(const std::vector<Photograph>& photographs) {
  TableRows rows;
  rows.train_labels = {"apple", "kiwi", "plum"};
  ManifestRow test;
  test.path = "shop/kiwi/test.jpg";
  test.split = Split::kTest;
  rows.manifest.rows.push_back(test);
  rows.label_index.push_back(1);
  rows.test_row_count = 1;
  for (const Photograph& one : photographs) {
    ManifestRow row;
    row.path = one.path;
    row.status = one.status;
    rows.manifest.rows.push_back(row);
    rows.label_index.push_back(one.label);
  }
  return rows;
}

TEST(StudioOnly, IsALabelWithoutATrainingPhotographInTheWild) {
  const TableRows rows = rows_of({{"shop/0.jpg", -1},  // in no folder
                                  {"shop/a/1.jpg", 0},
                                  {"shop/k/2.jpg", -1, FileStatus::kSkipped},
                                  {"still/k/3.jpg", 1},
                                  {"studio/a/4.jpg", 0},
                                  {"studio/k/5.jpg", 1},
                                  {"studio-like/p/6.jpg", 2}});
  const std::vector<std::size_t> side = rows.side(Split::kTrain);
  EXPECT_THAT(studio_only_labels(rows, side, {"studio", "still"}), ElementsAre("kiwi"));
  EXPECT_THAT(studio_only_labels(rows, side, {"studio"}), IsEmpty());
  EXPECT_THAT(studio_only_labels(rows, side, {}), IsEmpty());
  const std::vector<std::size_t> but_one = {3, 4, 5, 6, 7};  // without shop/a/1.jpg
  EXPECT_THAT(studio_only_labels(rows, but_one, {"studio", "still"}), ElementsAre("apple", "kiwi"));
}

TEST(StudioOnly, SourcesAreThoseThatThereAre) {
  EXPECT_NO_THROW(check_studio({"studio"}, {"shop", "studio"}));
  EXPECT_NO_THROW(check_studio({}, {}));
  EXPECT_THAT(
      [] {
        check_studio({"studio", "still"}, {"shop", "studio"});
      },
      ThrowsMessage<Error>(
          AllOf(HasSubstr("no source 'still'"), HasSubstr("these: 'shop', 'studio'"))));
  EXPECT_THAT([] { check_studio({"studio"}, {}); },
              ThrowsMessage<Error>(HasSubstr("give each a name in images")));
}

}  // namespace
}  // namespace pomona
