// SPDX-License-Identifier: Apache-2.0
#include "pomona/report/judgements.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::HasSubstr;

Json rejected(double share) { return {{"share", share}, {"low", 0.9}, {"high", 1.0}}; }

Json good_file() {
  return {{"format", "pomona-judgements"},
          {"version", 1},
          {"tables",
           {{{"title", "Spoilt photographs"},
             {"note", "Asked of a model that did not learn from them."},
             {"columns", {"right", "rejected"}},
             {"rows",
              {{{"name", "blurred"}, {"count", 111}, {"shares", {rejected(0.95), nullptr}}},
               {{"name", "dark"},
                {"count", 0},
                {"shares", {{{"share", 1}, {"at_least", 0.9}}, {{"share", 0}}}}}}}}}}};
}

// The message about the file with a change.
template <class Change>
std::string refusal_of(const Change& change) {
  Json file = good_file();
  change(file);
  try {
    parse_judgements(file.dump(), "'j.json'");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
    EXPECT_THAT(error.what(), HasSubstr("'j.json'"));
    return error.what();
  }
  return "not refused";
}

TEST(JudgementsTest, AreTakenAsTheyStand) {
  EXPECT_EQ(parse_judgements(good_file().dump(), "j"), good_file()["tables"]);
}

TEST(JudgementsTest, SayWhereAFieldIsMissingOrUnknown) {
  EXPECT_THAT(refusal_of([](Json& file) { file.erase("tables"); }), HasSubstr("'tables'"));
  EXPECT_THAT(refusal_of([](Json& file) { file["version"] = 2; }), HasSubstr("version 1"));
  EXPECT_THAT(refusal_of([](Json& file) { file["format"] = "other"; }), HasSubstr("format"));
  EXPECT_THAT(refusal_of([](Json& file) { file["tables"][0].erase("title"); }),
              HasSubstr("table 1: expected the field 'title'"));
  EXPECT_THAT(refusal_of([](Json& file) { file["tables"][0]["rows"][1].erase("count"); }),
              HasSubstr("table 1, row 2: expected the field 'count'"));
  EXPECT_THAT(
      refusal_of([](Json& file) { file["tables"][0]["rows"][0]["shares"][0]["lov"] = 0.5; }),
      HasSubstr("row 1, share 1: there is a field of another name than share, low"));
}

TEST(JudgementsTest, SayWhereAValueIsNoShare) {
  const auto with_share = [](const Json& share) {
    return refusal_of([&](Json& file) { file["tables"][0]["rows"][0]["shares"][0] = share; });
  };
  EXPECT_THAT(with_share({{"share", 1.5}}), HasSubstr("share 1: expected 'share'"));
  EXPECT_THAT(with_share({{"share", "half"}}), HasSubstr("a number from 0 to 1, found string"));
  EXPECT_THAT(with_share({{"share", 0.5}, {"low", 0.4}}), HasSubstr("or neither"));
  EXPECT_THAT(with_share({{"share", 0.5}, {"low", 0.6}, {"high", 0.4}}), HasSubstr("above"));
  EXPECT_THAT(with_share({{"share", 0.5}, {"at_least", 0.6}, {"at_most", 0.7}}),
              HasSubstr("found both"));
  EXPECT_THAT(with_share(0.5), HasSubstr("expected an object, found number"));
}

TEST(JudgementsTest, SayWhereARowOrATableIsNoneOfOurs) {
  EXPECT_THAT(refusal_of([](Json& file) { file["tables"][0]["columns"].push_back("more"); }),
              HasSubstr("each of the 3 columns, found 2"));
  EXPECT_THAT(refusal_of([](Json& file) { file["tables"][0]["rows"][0]["count"] = -1; }),
              HasSubstr("'count'"));
  EXPECT_THAT(refusal_of([](Json& file) { file["tables"][0]["rows"] = Json::array(); }),
              HasSubstr("'rows' to be a list that is not empty"));
  EXPECT_THAT(refusal_of([](Json& file) { file["tables"][0]["columns"][0] = 1; }),
              HasSubstr("'columns'"));
  EXPECT_THAT(refusal_of([](Json& file) { file["tables"][0]["columns"][0] = ""; }),
              HasSubstr("'columns'"));
  EXPECT_THAT(refusal_of([](Json& file) { file["tables"][0]["note"] = ""; }), HasSubstr("'note'"));
  EXPECT_THAT(refusal_of([](Json& file) { file = Json::array(); }), HasSubstr("found array"));
}

TEST(JudgementsTest, SayWhereJsonEndsWithoutTellingWhatStandsThere) {
  try {
    parse_judgements(R"({"format": secret})", "'j.json'");
    FAIL() << "no JSON was taken for some";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("byte 12"));
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("secret")));
  }
}

TEST(JudgementsTest, SayThatANumberIsTooLargeWithoutTellingIt) {
  EXPECT_THAT([] { parse_judgements(R"({"format": 1e999})", "'j.json'"); },
              testing::ThrowsMessage<Error>(
                  testing::AllOf(HasSubstr("float64"), testing::Not(HasSubstr("1e999")))));
}

}  // namespace
}  // namespace pomona
