// SPDX-License-Identifier: Apache-2.0
#include "pomona/csv/csv_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "pomona/base/error.h"
#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

TEST(CsvWriter, QuotesWhatNeedsIt) {
  MemoryStore store;
  CsvWriter writer(store, "a.csv");
  writer.text("plain text").text("a,b").text("say \"a\"").text("two\nlines").text("c\rr").text("");
  writer.end_row();
  writer.text("é").integer(-7).number(0.1F).number(0.1).empty_field().empty_field().end_row();
  writer.commit();
  EXPECT_EQ(store.read("a.csv"),
            "plain text,\"a,b\",\"say \"\"a\"\"\",\"two\nlines\",\"c\rr\",\n"
            "é,-7,0.1,0.1,,\n");
}

TEST(CsvWriter, WritesTheShortestNumbersThatReadBack) {
  MemoryStore store;
  CsvWriter writer(store, "a.csv");
  writer.number(1.0F / 3).number(1.0 / 3).number(1e-30F).number(-0.0F).number(16777216.0F);
  writer.number(std::numeric_limits<float>::max()).integer(INT64_MIN).end_row();
  writer.commit();
  EXPECT_EQ(store.read("a.csv"),
            "0.33333334,0.3333333333333333,1e-30,-0,16777216,3.4028235e+38,"
            "-9223372036854775808\n");
}

TEST(CsvWriter, LeavesNothingWithoutCommit) {
  MemoryStore store;
  {
    CsvWriter writer(store, "a.csv");
    for (int row = 0; row < 200'000; ++row) writer.text("some text").end_row();
  }
  EXPECT_FALSE(store.exists("a.csv"));
}

}  // namespace
}  // namespace pomona
