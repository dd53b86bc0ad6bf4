// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/labeller.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(LabellerTest, WithoutAMapTheNameOfTheFolderIsTheLabel) {
  const LabelRule rule;
  Labeller labeller(rule);
  EXPECT_EQ(labeller.label(Split::kTrain, "deep/Kiwi/1.jpg"), "Kiwi");
  EXPECT_EQ(labeller.label(Split::kTrain, "1.jpg"), "");
  EXPECT_EQ(labeller.weight(Split::kTrain, "Kiwi/1.jpg"), 1);
  EXPECT_EQ(labeller.variety(Split::kTrain, "Kiwi/1.jpg"), "");
  EXPECT_NO_THROW(labeller.refuse_unknown());
}

TEST(LabellerTest, TheSourceIsNoFolderOfItsPhotographs) {
  LabelRule rule;
  rule.train_sources = {"shop"};
  Labeller labeller(rule);
  EXPECT_EQ(labeller.label(Split::kTrain, "shop/1.jpg"), "");
  EXPECT_EQ(labeller.label(Split::kTrain, "shop/Kiwi/1.jpg"), "Kiwi");
  // The test set has no sources: this is a folder.
  EXPECT_EQ(labeller.label(Split::kTest, "shop/1.jpg"), "shop");
}

class LabellerWithMapTest : public testing::Test {
 protected:
  LabellerWithMapTest() {
    rule_.train_sources = {"shop", "studio"};
    rule_.classes = ClassMap::parse(
        "source,class,label,weight,variety\n"
        "shop,Gala,apple,2,gala\n"
        "studio,Gala,pear,,\n"
        "shop,Mixed,,,\n",
        "'kinds.csv'");
  }
  LabelRule rule_;
};

TEST_F(LabellerWithMapTest, MeaningDependsOnTheSource) {
  Labeller labeller(rule_);
  EXPECT_EQ(labeller.label(Split::kTrain, "shop/Gala/1.jpg"), "apple");
  EXPECT_EQ(labeller.label(Split::kTrain, "studio/Gala/1.jpg"), "pear");
  EXPECT_EQ(labeller.weight(Split::kTrain, "shop/Gala/1.jpg"), 2);
  EXPECT_EQ(labeller.weight(Split::kTrain, "studio/Gala/1.jpg"), 1);
  EXPECT_EQ(labeller.variety(Split::kTrain, "shop/Gala/1.jpg"), "gala");
  EXPECT_EQ(labeller.variety(Split::kTrain, "studio/Gala/1.jpg"), "");
}

TEST_F(LabellerWithMapTest, AClassThatIsDroppedHasNoLabelAndIsKnown) {
  Labeller labeller(rule_);
  EXPECT_EQ(labeller.label(Split::kTrain, "shop/Mixed/1.jpg"), std::nullopt);
  EXPECT_EQ(labeller.label(Split::kTrain, "shop/1.jpg"), "");
  EXPECT_NO_THROW(labeller.refuse_unknown());
}

TEST_F(LabellerWithMapTest, AllThatIsNotKnownIsReported) {
  Labeller labeller(rule_);
  EXPECT_EQ(labeller.label(Split::kTrain, "shop/Fig/1.jpg"), std::nullopt);
  EXPECT_EQ(labeller.label(Split::kTrain, "studio/Nut/1.jpg"), std::nullopt);
  EXPECT_EQ(labeller.label(Split::kTrain, "studio/Nut/2.jpg"), std::nullopt);
  EXPECT_THAT(
      [&] { labeller.refuse_unknown(); },
      ThrowsMessage<Error>(AllOf(HasSubstr("'kinds.csv'"),
                                 HasSubstr("classes 'Fig' of shop, 'Nut' of studio; add"))));
}

TEST(LabellerTest, LabelsAreComposed) {
  const LabelRule rule;
  Labeller labeller(rule);
  EXPECT_EQ(labeller.label(Split::kTest,
                           "Pe\xCC\x82"
                           "che/1.jpg"),
            "P\xC3\xAA"
            "che");
}

TEST(LabellerTest, AMapKnowsAClassHoweverItIsComposed) {
  for (const std::string name : {"P\xC3\xAA"
                                 "che",
                                 "Pe\xCC\x82"
                                 "che"}) {
    LabelRule rule;
    rule.classes = ClassMap::parse(
        "source,class,label,weight,variety\n,P\xC3\xAA"
        "che,fruit \xC3\xA9,3,Pe\xCC\x82"
        "che\n",
        "'kinds.csv'");
    Labeller labeller(rule);
    EXPECT_EQ(labeller.label(Split::kTrain, name + "/1.jpg"), "fruit \xC3\xA9");
    EXPECT_EQ(labeller.weight(Split::kTrain, name + "/1.jpg"), 3);
    EXPECT_EQ(labeller.variety(Split::kTrain, name + "/1.jpg"),
              "P\xC3\xAA"
              "che");
    EXPECT_NO_THROW(labeller.refuse_unknown());
  }
}

TEST_F(LabellerWithMapTest, ANearMissIsNamed) {
  Labeller labeller(rule_);
  labeller.label(Split::kTrain, "shop/gala /1.jpg");
  EXPECT_THAT([&] { labeller.refuse_unknown(); },
              ThrowsMessage<Error>(HasSubstr("class 'gala ' of shop (but for 'Gala'); add")));
}

TEST_F(LabellerWithMapTest, ASourceThatTheMapLacksIsNamed) {
  rule_.train_sources = {"web"};
  Labeller labeller(rule_);
  labeller.label(Split::kTrain, "web/Gala/1.jpg");
  EXPECT_THAT(
      [&] { labeller.refuse_unknown(); },
      ThrowsMessage<Error>(HasSubstr("it has no source 'web', but these: 'shop', 'studio'")));
}

}  // namespace
}  // namespace pomona
