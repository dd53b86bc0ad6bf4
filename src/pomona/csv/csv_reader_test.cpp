// SPDX-License-Identifier: Apache-2.0
#include "pomona/csv/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

using ::testing::HasSubstr;

using Rows = std::vector<std::vector<std::string>>;

Rows parse(std::string_view text) {
  CsvReader reader(text, "a.csv");
  Rows rows = {reader.header()};
  for (std::vector<std::string> fields; reader.next(fields);) rows.push_back(fields);
  return rows;
}

void expect_error(std::string_view text, const std::string& part) {
  try {
    parse(text);
    ADD_FAILURE() << "no error for " << text;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
    EXPECT_THAT(error.what(), HasSubstr("a.csv"));
    EXPECT_THAT(error.what(), HasSubstr(part));
  }
}

TEST(CsvReader, ReadsQuotedFields) {
  EXPECT_EQ(parse("a,b\n\"x,\"\"y\"\"\",\"1\n2\r\n3\"\n,\n\"\",z\n"),
            (Rows{{"a", "b"}, {"x,\"y\"", "1\n2\r\n3"}, {"", ""}, {"", "z"}}));
  EXPECT_EQ(parse("a\r\n1\r\n\n"), (Rows{{"a"}, {"1"}, {""}}));
  EXPECT_EQ(parse("a,b\n"), (Rows{{"a", "b"}}));
}

TEST(CsvReader, NamesTheLineOfAnError) {
  expect_error("", "line 0: expected a header");
  expect_error("a,b\n1,2\n3\n", "line 3: expected 2 fields, found 1");
  expect_error("a\n\"1\n2\"\n1,2\n", "line 4: expected 1 fields, found 2");
  expect_error("a\n1", "line 2: expected an end of line");
  expect_error("a\n\"1", "line 2: a quoted field without an end");
  expect_error("a\n1\"\n", "line 2: expected a comma");
  expect_error("a\n\"1\"2\n", "line 2: expected a comma");
  expect_error("a\n1\r2\n", "line 2: expected a comma");
}

TEST(CsvReader, ReadsAnObjectByPiecesLikeAText) {
  const std::string text = "a,b\n\"x,\"\"y\"\"\",\"1\n2\r\n3\"\n,\nlonger than a piece,z\n";
  const Rows expected = parse(text);
  MemoryStore store;
  store.write("folder/a.csv", text);
  for (std::size_t piece = 1; piece <= text.size() + 1; ++piece) {
    CsvReader reader(store, "folder/a.csv", piece);
    Rows rows = {reader.header()};
    for (std::vector<std::string> fields; reader.next(fields);) rows.push_back(fields);
    EXPECT_EQ(rows, expected) << "pieces of " << piece;
  }
}

TEST(CsvReader, NamesTheLineOfAnErrorInAnObject) {
  MemoryStore store;
  for (const std::string text : {"a\n1\n\"2", "a\n1\n2"}) {
    store.write("a.csv", text);
    CsvReader reader(store, "a.csv", 2);
    std::vector<std::string> fields;
    EXPECT_TRUE(reader.next(fields));
    try {
      reader.next(fields);
      ADD_FAILURE() << "no error for " << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
      EXPECT_THAT(error.what(), HasSubstr("memory/a.csv, line 3"));
    }
  }
}

}  // namespace
}  // namespace pomona
