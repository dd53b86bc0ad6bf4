// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/domain_adaptation.h"

#include <gmock/gmock.h>

#include <array>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;
using testing::ThrowsMessage;

struct OneNumber {
  const char* path;
  std::int32_t label;
  float value;  // of its one dimension
};

// Apples (0) lie around 10 in shops and around 1 in the studio, kiwis (1) around 20 and 3; pears
// (2) are known from the studio alone, where variances are a quarter.
constexpr auto kPhotographs = std::to_array<OneNumber>({
    {"shop/a/1.jpg", 0, 8},
    {"shop/a/2.jpg", 0, 12},
    {"shop/k/1.jpg", 1, 18},
    {"shop/k/2.jpg", 1, 22},
    {"still/a/1.jpg", 0, 0},
    {"still/a/2.jpg", 0, 2},
    {"still/k/1.jpg", 1, 2},
    {"still/k/2.jpg", 1, 4},
    {"still/p/1.jpg", 2, 3},
    {"frames/a/1.jpg", 0, 70},
    {"frames/a/2.jpg", 0, 90},
    {"still/x/1.jpg", -1, 1000},
});

class Adaptation : public testing::Test {
 protected:
  Adaptation() : inputs_(testing::TempDir(), 1) {
    rows_.train_labels = {"apple", "kiwi", "pear"};
    for (std::size_t i = 0; i < kPhotographs.size(); ++i) {
      ManifestRow row;
      row.path = kPhotographs[i].path;
      rows_.manifest.rows.push_back(row);
      rows_.label_index.push_back(kPhotographs[i].label);
      chosen_.push_back(i);
      Matrix<float> value(1, 1);
      value(0, 0) = kPhotographs[i].value;
      inputs_.append(value.view());
    }
    options_.studio = {"still", "frames"};
    options_.adapt = {"still"};
  }
  std::vector<float> moved(const RowFile& file) const {
    const DomainAdaptation adaptation(inputs_, rows_, chosen_, options_);
    const auto copy = adaptation.adapted(file, testing::TempDir());
    Matrix<float> values(copy->rows(), 1);
    copy->read(0, values.view());
    return {values.data(), values.data() + values.size()};
  }

  RowFile inputs_;
  TableRows rows_;
  std::vector<std::size_t> chosen_;
  TrainOptions options_;
};

TEST_F(Adaptation, MovesASourceToTheWildByTheLabelsBothHave) {
  // By the middle of apple and kiwi: 15 in the wild, 2 in the studio, with half the deviation.
  EXPECT_THAT(moved(inputs_), ElementsAre(8, 12, 18, 22, FloatNear(11, 1e-4F), FloatNear(15, 1e-4F),
                                          FloatNear(15, 1e-4F), FloatNear(19, 1e-4F),
                                          FloatNear(17, 1e-4F), 70, 90, FloatNear(2011, 1e-2F)));
}

TEST_F(Adaptation, MovesEveryCropOfAPhotograph) {
  RowFile crops(testing::TempDir(), 1);
  Matrix<float> two(2, 1);
  for (std::size_t i = 0; i < kPhotographs.size(); ++i) {
    two(0, 0) = 2;
    two(1, 0) = 3;
    crops.append(two.view());
  }
  const std::vector<float> values = moved(crops);
  ASSERT_EQ(values.size(), 2 * kPhotographs.size());
  EXPECT_EQ(values[0], 2);
  EXPECT_NEAR(values[8], 15, 1e-4F);
  EXPECT_NEAR(values[9], 17, 1e-4F);
}

TEST_F(Adaptation, CountsTheRowsThatAreChosenAlone) {
  chosen_ = {0, 1, 4, 5};  // apples: from 1 to 10, half the spread
  EXPECT_NEAR(moved(inputs_)[8], 14, 1e-4F);
}

TEST_F(Adaptation, LeavesASourceThatSharesNoLabelWithTheWild) {
  EXPECT_TRUE(DomainAdaptation(inputs_, rows_, chosen_, options_).adapts("still"));
  chosen_ = {2, 3, 4, 5};
  EXPECT_FALSE(DomainAdaptation(inputs_, rows_, chosen_, options_).adapts("still"));
  EXPECT_EQ(moved(inputs_)[5], 2);
}

TEST_F(Adaptation, KeepsTheSpreadWhereAKindIsSeenOnce) {
  chosen_ = {0, 4, 4, 4};
  EXPECT_NEAR(moved(inputs_)[5], 10, 1e-4F);  // 8 further, and no wider
}

TEST_F(Adaptation, IsNotJudgedBy) {
  EXPECT_THAT(without_adapted(rows_, {0, 4, 9, 11}, options_.adapt), ElementsAre(0, 9));
  EXPECT_THAT(without_adapted(rows_, {0, 4}, {}), ElementsAre(0, 4));
}

TEST_F(Adaptation, IsOfStudioSourcesAndLogisticRegressionAlone) {
  EXPECT_NO_THROW(check_adaptation(options_));
  options_.adapt = {"still", "shop"};
  EXPECT_THAT([&] { check_adaptation(options_); }, ThrowsMessage<Error>(HasSubstr("'shop'")));
  options_.adapt = {"still/a"};  // a path, and no source
  EXPECT_THAT([&] { check_adaptation(options_); }, ThrowsMessage<Error>(HasSubstr("'still/a'")));
  options_.adapt = {"still"};
  options_.classifier = ClassifierKind::kRidge;
  EXPECT_THAT([&] { check_adaptation(options_); }, ThrowsMessage<Error>(HasSubstr("ridge")));
  options_.adapt.clear();
  EXPECT_NO_THROW(check_adaptation(options_));
}

}  // namespace
}  // namespace pomona
