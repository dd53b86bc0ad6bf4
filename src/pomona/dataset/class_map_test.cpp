// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/class_map.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string refusal_of(const std::string& csv) {
  try {
    (void)ClassMap::parse(csv, "'kinds.csv'");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
    return error.what();
  }
  return "not refused";
}

std::string label_of(const ClassMap& map, std::string_view source, std::string_view name) {
  const ClassMap::Row* row = map.find(source, name);
  return row == nullptr ? "unknown" : row->label;
}

TEST(ClassMap, NamesTheClassesOfEachSource) {
  const ClassMap map = ClassMap::parse(
      "source,class,label\nshop,Orange,orange\nstudio,Orange,clementine\nstudio,Nut,\n", "map");
  EXPECT_EQ(label_of(map, "shop", "Orange"), "orange");
  EXPECT_EQ(label_of(map, "studio", "Orange"), "clementine");
  EXPECT_EQ(label_of(map, "studio", "Nut"), "");
  EXPECT_EQ(map.find("shop", "Nut"), nullptr);
  EXPECT_EQ(map.find("garden", "Orange"), nullptr);
}

TEST(ClassMap, ARowWithoutASourceHoldsWhereNoOtherDoes) {
  const ClassMap map =
      ClassMap::parse("source,class,label\n,Lime,lime\nshop,Lime,green lemon\n", "map");
  EXPECT_EQ(label_of(map, "shop", "Lime"), "green lemon");
  EXPECT_EQ(label_of(map, "studio", "Lime"), "lime");
}

TEST(ClassMap, PhotographsWithoutASourceTakeWhatAllAgreeOn) {
  const ClassMap map = ClassMap::parse(
      "source,class,label\nshop,Kiwi,kiwi\nstudio,Kiwi,kiwi\nshop,Pear,pear\nstudio,Pear,quince\n",
      "'kinds.csv'");
  EXPECT_EQ(label_of(map, "", "Kiwi"), "kiwi");
  EXPECT_EQ(map.find("", "Plum"), nullptr);
  EXPECT_THAT([&] { (void)map.find("", "Pear"); },
              testing::ThrowsMessage<Error>(AllOf(HasSubstr("'kinds.csv'"), HasSubstr("'Pear'"),
                                                  HasSubstr("its name in images"))));
}

TEST(ClassMap, PassesOverOtherColumnsAndWhatSpreadsheetsAdd) {
  const ClassMap map =
      ClassMap::parse("\xEF\xBB\xBFnote,label,class,source\r\n\"a, b\",kiwi,Kiwi,shop", "map");
  EXPECT_EQ(label_of(map, "shop", "Kiwi"), "kiwi");
}

TEST(ClassMap, SaysWhatIsWrongWithAFile) {
  EXPECT_THAT(refusal_of("source,class\nshop,Kiwi\n"),
              AllOf(HasSubstr("reading classes 'kinds.csv'"), HasSubstr("no column 'label'")));
  EXPECT_THAT(refusal_of("source,class,label\nshop,Kiwi,kiwi\nshop,Kiwi,kiwi\n"),
              AllOf(HasSubstr("'Kiwi' of source 'shop'"), HasSubstr("two rows")));
  EXPECT_THAT(refusal_of("source,class,label\nshop,,kiwi\n"), HasSubstr("a row has no class"));
  EXPECT_THAT(refusal_of("source,class,label\nshop,Kiwi\n"),
              AllOf(HasSubstr("line 2"), HasSubstr("expected 3 fields, found 2")));
  EXPECT_THAT(refusal_of(""), HasSubstr("expected a header"));
}

TEST(ClassMap, WeighsThePhotographsOfAClass) {
  const ClassMap map =
      ClassMap::parse("source,class,label,weight\nstudio,Kiwi,kiwi,0.25\nshop,Kiwi,kiwi,\n", "map");
  EXPECT_EQ(map.find("studio", "Kiwi")->weight, 0.25F);
  EXPECT_EQ(map.find("shop", "Kiwi")->weight, 1.0F);
  EXPECT_TRUE(map.has_weights());
  EXPECT_FALSE(ClassMap::parse("source,class,label\nshop,Kiwi,kiwi\n", "map").has_weights());
  EXPECT_EQ(label_of(map, "", "Kiwi"), "kiwi");
  EXPECT_EQ(map.weight("studio", "Kiwi"), 0.25F);
  EXPECT_EQ(map.weight("studio", "Plum"), 1.0F);
  EXPECT_THAT([&] { (void)map.weight("", "Kiwi"); },
              testing::ThrowsMessage<Error>(HasSubstr("weighs one thing")));
  for (const char* weight : {"0", "-1", "much", "nan", "1e9", "0.5 "}) {
    EXPECT_THAT(refusal_of(std::string("source,class,label,weight\n,Kiwi,kiwi,") + weight + "\n"),
                HasSubstr("the weight of the class 'Kiwi' is no number"))
        << weight;
  }
}

TEST(ClassMap, NamesTheVarietyOfAClass) {
  const ClassMap map = ClassMap::parse(
      "source,class,label,variety\nstudio,Royal,apple,Gala\nshop,Royal,apple,Royal Gala\n"
      "shop,Apple,apple,\n",
      "map");
  EXPECT_EQ(map.variety("studio", "Royal"), "Gala");
  EXPECT_EQ(map.variety("shop", "Royal"), "Royal Gala");
  EXPECT_EQ(map.variety("shop", "Apple"), "");
  EXPECT_EQ(map.variety("shop", "Plum"), "");
  EXPECT_TRUE(map.has_varieties());
  EXPECT_FALSE(ClassMap::parse("source,class,label,variety\n,Kiwi,kiwi,\n", "map").has_varieties());
  EXPECT_EQ(label_of(map, "", "Royal"), "apple");
  EXPECT_EQ(map.weight("", "Royal"), 1.0F);
  EXPECT_THAT([&] { (void)map.variety("", "Royal"); },
              testing::ThrowsMessage<Error>(AllOf(HasSubstr("is of the variety 'Royal Gala'"),
                                                  HasSubstr("'Gala' in 'studio'"))));
  EXPECT_THAT(refusal_of("source,class,label,variety\n,Royal,apple,Gala \n"), HasSubstr("'Gala '"));
}

TEST(ClassMap, IsToldFromOthersByItsDigest) {
  const std::string text = "source,class,label\nshop,Kiwi,kiwi\n";
  EXPECT_EQ(ClassMap::parse(text, "a").digest(), ClassMap::parse(text, "b").digest());
  EXPECT_NE(ClassMap::parse(text, "a").digest(),
            ClassMap::parse(text + "shop,Lime,lime\n", "a").digest());
}

}  // namespace
}  // namespace pomona
