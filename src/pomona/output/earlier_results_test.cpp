// SPDX-License-Identifier: Apache-2.0
#include "pomona/output/earlier_results.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"
#include "pomona/output/output_digests.h"
#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kOurs = R"({"format": 1, "pomona": "0.1", "verb": "run"})";

class EarlierResultsTest : public testing::Test {
 protected:
  EarlierResultsTest() {
    root_.write("run.json", kOurs);
    root_.write("features/part-0", "ours");
    root_.write("reduced.csv", "ours");
    write_digests(root_, {}, /*workers=*/1);
  }
  MemoryStore root_;
};

TEST(EarlierRecordTest, OnlyWhatCarriesOurMarkIsOurs) {
  MemoryStore root;
  EXPECT_FALSE(has_our_record(root));
  root.write("run.json", kOurs);
  EXPECT_TRUE(has_our_record(root));
  for (const char* other :
       {"", "not JSON", "null", "[]", "3", "{}", R"({"format": 1, "verb": "run"})",
        R"({"format": "1", "pomona": "0", "verb": "run"})", R"({"pomona": "0", "verb": "run"})",
        R"({"format": 1, "pomona": {}, "verb": "run"})", R"({"format": 1, "pomona": "0"})"}) {
    root.write("run.json", other);
    EXPECT_FALSE(has_our_record(root)) << other;
  }
}

TEST_F(EarlierResultsTest, WhatIsNotMadeAgainIsStale) {
  EXPECT_THAT(stale_results({"run.json", "SHA256SUMS", "reduced.csv"}, root_),
              ElementsAre("features"));
  EXPECT_THAT(stale_results({}, root_),
              ElementsAre("SHA256SUMS", "features", "reduced.csv", "run.json"));
}

TEST_F(EarlierResultsTest, WhatThatRunDidNotWriteStays) {
  root_.write("features/mine.txt", "mine");
  root_.write("bundle/mine.txt", "mine");
  root_.write("letter.txt", "mine");
  EXPECT_THAT(stale_results({"run.json", "SHA256SUMS", "reduced.csv"}, root_),
              ElementsAre("features/part-0"));
}

TEST_F(EarlierResultsTest, ARecordOfAnotherProgramMakesNothingOurs) {
  root_.write("run.json", R"({"steps": 3})");
  EXPECT_THAT(stale_results({}, root_), IsEmpty());
}

// Nothing says what is a user's: only what would mix with new results goes.
TEST_F(EarlierResultsTest, WithoutDigestsOnlyPartsOfTablesMadeAgainAreStale) {
  root_.write("letter.txt", "mine");
  root_.write("pictures/mine.jpg", "mine");
  root_.write("features/part-00001.snappy.parquet", "ours");
  root_.write("features/mine.txt", "mine");
  root_.write("previews/part-00000.snappy.parquet", "perhaps ours");
  for (const bool damaged : {true, false}) {
    if (damaged) {
      root_.write("SHA256SUMS", "of another program");
    } else {
      root_.remove("SHA256SUMS");
    }
    EXPECT_THAT(stale_results({"run.json", "SHA256SUMS"}, root_), IsEmpty());
    EXPECT_THAT(stale_results({"run.json", "features/part-00000.snappy.parquet"}, root_),
                ElementsAre("features/part-00001.snappy.parquet"));
  }
}

TEST(RunFormatTest, AnotherFormatIsRefused) {
  const Json ours = {{"format", kRunFormat}, {"verb", "run"}};
  EXPECT_EQ(parse_run_record(ours.dump(), "run.json"), ours);
  EXPECT_NO_THROW(parse_run_record(R"({"steps": 3})", "run.json")) << "of another program";
  for (const Json& format : {Json(1), Json(3), Json("2")}) {
    EXPECT_THAT(
        [&] {
          parse_run_record(Json{{"format", format}}.dump(), "run.json of '/out'");
        },
        testing::ThrowsMessage<Error>(testing::StartsWith(
            "reading run.json of '/out': expected format 2, found " + format.dump() +
            ": made by another version of Pomona; make these results again")));
  }
}

TEST(RunFormatTest, WhatIsNoObjectIsCorrupt) {
  for (const char* text : {"", "[1]", "3", "null", "{"}) {
    try {
      parse_run_record(text, "run.json");
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kCorrupt) << text;
    }
  }
}

}  // namespace
}  // namespace pomona
