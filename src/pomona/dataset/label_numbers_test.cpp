// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/label_numbers.h"

#include <gmock/gmock.h>

namespace pomona {
namespace {

TEST(LabelNumbersTest, SettledLabelsAreInByteOrderAndRowsKeepTheirs) {
  LabelNumbers numbers;
  Manifest manifest;
  const std::vector<std::string> labels = {"pear", "apple", "", "pear", "Zwetschge", "apple"};
  for (const std::string& label : labels) {
    ManifestRow row;
    row.label = numbers.number(label);
    manifest.rows.push_back(row);
  }
  numbers.settle(manifest);
  EXPECT_THAT(manifest.labels, testing::ElementsAre("", "Zwetschge", "apple", "pear"));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    EXPECT_EQ(manifest.label(manifest.rows[i]), labels[i]);
  }
}

}  // namespace
}  // namespace pomona
