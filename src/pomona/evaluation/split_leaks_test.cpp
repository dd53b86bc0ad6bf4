// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/split_leaks.h"

#include <gmock/gmock.h>

#include <cmath>
#include <string>

namespace pomona {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Two test rows, then training rows; labels are letters.
TableRows rows_of(const std::string& labels) {
  TableRows rows;
  rows.manifest.labels = {"a", "b", "c"};
  rows.test_row_count = 2;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    ManifestRow row;
    row.path = rows.manifest.texts->keep(std::to_string(i) + ".jpg");
    row.label = static_cast<std::uint32_t>(labels[i] - 'a');
    row.split = i < 2 ? Split::kTest : Split::kTrain;
    rows.manifest.rows.push_back(row);
    rows.label_index.push_back(static_cast<std::int32_t>(row.label));
    rows.first_copy.push_back(i);
  }
  return rows;
}

TEST(CopyMetricsTest, CountCopiesAcrossTheSplitAndUnderTwoLabels) {
  TableRows rows = rows_of("abaabc");
  rows.first_copy = {0, 1, 0, 3, 3, 5};  // one across the split; one of a and b in training
  const CopyMetrics copies = copy_metrics(rows);
  EXPECT_EQ(copies.photographs, 4U);
  EXPECT_EQ(copies.test_rows, 1U);
  EXPECT_EQ(copies.two_labels, 2U);
  ASSERT_EQ(copies.contradictions.size(), 1U);
  EXPECT_EQ(copies.contradictions[0].one.path, "3.jpg");
  EXPECT_EQ(copies.contradictions[0].other.label, "b");
  EXPECT_THAT(copy_warnings(copies, 2),
              ElementsAre(HasSubstr("1 of 2 test photographs are copies"),
                          AllOf(HasSubstr("2 photographs have a copy under another label"),
                                HasSubstr("'3.jpg' (a) and '4.jpg' (b)"))));
  EXPECT_EQ(copies_json(copies).at("contradictions")[0][1].at("path"), "4.jpg");
}

TEST(CopyMetricsTest, OnOneSideAndOfOneLabelNothingIsWrong) {
  TableRows rows = rows_of("aaabbc");
  rows.first_copy = {0, 0, 2, 3, 3, 5};
  const CopyMetrics copies = copy_metrics(rows);
  EXPECT_EQ(copies.photographs, 4U);
  EXPECT_EQ(copies.test_rows, 0U);
  EXPECT_THAT(copy_warnings(copies, 2), IsEmpty());
  rows.first_copy.clear();
  EXPECT_EQ(copy_metrics(rows).photographs, 0U);
}

// Rows as directions in a plane, in degrees.
NearDuplicateMetrics metrics_of(const std::vector<double>& degrees, std::size_t most = 1000) {
  RowFile components(testing::TempDir(), 2);
  Matrix<float> values(degrees.size(), 2);
  for (std::size_t i = 0; i < degrees.size(); ++i) {
    const double radians = degrees[i] * 3.14159265358979 / 180;
    values(i, 0) = static_cast<float>(std::cos(radians));
    values(i, 1) = static_cast<float>(std::sin(radians));
  }
  components.append(values.view());
  Progress progress;
  const std::stop_token stop;
  return near_duplicate_metrics(rows_of(std::string(degrees.size(), 'a')), components, {},
                                {progress, stop, 2}, most);
}

TEST(NearDuplicateMetricsTest, CountTestRowsNearATrainingRow) {
  // All around the circle, so that their mean is its middle.
  const NearDuplicateMetrics near = metrics_of({0, 90, 10, 180, 190, 270});
  EXPECT_EQ(near.compared, 2U);
  EXPECT_EQ(near.test_rows, 1U);
  EXPECT_EQ(metrics_of({0, 90, 45, 180, 225, 270}).test_rows, 0U);
}

TEST(NearDuplicateMetricsTest, ComparesNoMoreThanItMay) {
  EXPECT_EQ(metrics_of({0, 90, 10, 180, 190, 270}, 4).compared, 1U);
  EXPECT_EQ(metrics_of({0, 90, 10, 180, 190, 270}, 1).compared, 1U);
}

}  // namespace
}  // namespace pomona
