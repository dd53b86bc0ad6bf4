// SPDX-License-Identifier: Apache-2.0
#include "pomona/csv/written_csv.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::string refusal_of_written(std::string_view text) {
  try {
    WrittenCsv csv(text, "--list 'l.csv'", {"name", "kind"});
    std::vector<std::string> row;
    while (csv.next(row)) csv.refuse_blanks(row[csv.column("name")]);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
    return error.what();
  }
  return "accepted";
}

TEST(WrittenCsv, IsReadAsSpreadsheetsWriteIt) {
  WrittenCsv csv("\xEF\xBB\xBFkind,name,more\r\nfruit,Kiwi,x", "--list 'l.csv'", {"name", "kind"});
  EXPECT_EQ(csv.column("name"), 1U);
  EXPECT_EQ(csv.column("kind"), 0U);
  EXPECT_EQ(csv.find_column("more"), 2U);
  EXPECT_EQ(csv.find_column("Kind"), std::nullopt);
  std::vector<std::string> row;
  ASSERT_TRUE(csv.next(row));
  EXPECT_THAT(row, ElementsAre("fruit", "Kiwi", "x"));
  EXPECT_FALSE(csv.next(row));
}

TEST(WrittenCsv, SaysWhatIsWrongWithIt) {
  EXPECT_THAT(refusal_of_written("name\nKiwi\n"),
              AllOf(HasSubstr("reading --list 'l.csv'"), HasSubstr("no column 'kind'"),
                    HasSubstr("that names name and kind, between commas")));
  EXPECT_THAT(refusal_of_written("name,kind,kind\n"), HasSubstr("more than one column 'kind'"));
  EXPECT_THAT(refusal_of_written("name,kind\nKiwi\n"),
              AllOf(HasSubstr("reading --list 'l.csv', line 2"), HasSubstr("found 1")));
  EXPECT_THAT(refusal_of_written("name,kind\n Kiwi,fruit\n"), HasSubstr("' Kiwi' begins or ends"));
  EXPECT_THAT(refusal_of_written("name,kind\n\xFF,fruit\n"), HasSubstr("not UTF-8"));
  EXPECT_EQ(refusal_of_written("name,kind\nKiwi,fruit\n"), "accepted");
}

}  // namespace
}  // namespace pomona
