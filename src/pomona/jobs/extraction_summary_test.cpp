// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/extraction_summary.h"

#include <gtest/gtest.h>

#include "pomona/base/error.h"
#include "pomona/jobs/run_record.h"

namespace pomona {
namespace {

Extraction some_extraction() {
  Extraction extraction;
  extraction.setup.backbone.spec.name = "tiny";
  extraction.setup.featurizer.size = 32;
  extraction.setup.featurizer.slots = 2;
  extraction.setup.crops = {Crop(), Crop{100, true, 0}};
  extraction.found = 9;
  extraction.counts.ok = 6;
  extraction.counts.failed = 2;
  extraction.counts.skipped = 1;
  extraction.counts.damaged = 3;
  extraction.counts.decoded = 8;
  extraction.not_used = {
      {FileStatus::kFailed, "not_an_image", 2, {{".jpg", 2}}, {{"a/1.jpg", "it is empty"}}}};
  extraction.labels = {{"", 1, 0, 0}, {"apple", 2, 1, 1}, {"pear", 2, 0, 1}};
  return extraction;
}

TEST(ExtractionSummary, CountsSidesAndLabelsThatHaveAName) {
  const ExtractionSummary summary = summary_of(some_extraction(), Timeline());
  EXPECT_EQ(summary.train, 5U);
  EXPECT_EQ(summary.test, 1U);
  EXPECT_EQ(summary.classes, 2U);
  EXPECT_TRUE(summary.images_per_second);
}

TEST(ExtractionSummary, ThereIsNoRateWhereRowsWereKnown) {
  Extraction extraction = some_extraction();
  extraction.counts.taken = 1;
  EXPECT_FALSE(summary_of(extraction, Timeline()).images_per_second);
  extraction.counts.taken = 0;
  extraction.counts.shards_kept = 1;
  EXPECT_FALSE(summary_of(extraction, Timeline()).images_per_second);
}

TEST(ExtractionSummary, IsReadBackFromRunJson) {
  Timeline timeline;
  const Extraction extraction = some_extraction();
  const ExtractionSummary written = summary_of(extraction, timeline);
  Json record = record_json(start_record("extract", {"/out", false, {}}), timeline);
  add_extraction(extraction, written, record);
  const ExtractionSummary found = parse_extraction_summary(record.dump(), "run.json");
  EXPECT_EQ(found.found, 9U);
  EXPECT_EQ(found.ok, 6U);
  EXPECT_EQ(found.failed, 2U);
  EXPECT_EQ(found.skipped, 1U);
  EXPECT_EQ(found.damaged, 3U);
  EXPECT_EQ(found.train, 5U);
  EXPECT_EQ(found.test, 1U);
  EXPECT_EQ(found.classes, 2U);
  EXPECT_EQ(found.decoded, 8U);
  EXPECT_EQ(found.backbone, "tiny");
  EXPECT_EQ(found.size, 32);
  EXPECT_EQ(found.precision, written.precision);
  EXPECT_EQ(found.crops, written.crops);
  EXPECT_EQ(found.workers, 2U);
  EXPECT_EQ(found.images_per_second, written.images_per_second);
  ASSERT_EQ(found.not_used.size(), 1U);
  EXPECT_EQ(file_groups_json(found.not_used), file_groups_json(written.not_used));
  record.erase("not_used");
  record["counts"].erase("damaged");
  EXPECT_TRUE(parse_extraction_summary(record.dump(), "run.json").not_used.empty());
  EXPECT_EQ(parse_extraction_summary(record.dump(), "run.json").damaged, 0U);
}

TEST(ExtractionSummary, AnotherShapeIsCorrupt) {
  for (const char* text : {"", "[]", "{}", R"({"counts": 3, "backbone": {}})"}) {
    try {
      parse_extraction_summary(text, "run.json");
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kCorrupt) << text;
    }
  }
}

}  // namespace
}  // namespace pomona
