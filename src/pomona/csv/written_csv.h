// SPDX-License-Identifier: Apache-2.0
// A CSV file that somebody wrote by hand or in a spreadsheet and named on the command line: with a
// byte order mark or without, the last line ended or not, columns found by their names. Used by one
// thread at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/csv/csv_reader.h"

namespace pomona {

class WrittenCsv {
 public:
  // `what` names it in errors, such as "'kinds.csv'"; `columns` are those it must
  // have. This and all that follows throws invalid_input: for text that is not UTF-8 or no CSV, a
  // column that is missing, or one that stands there twice.
  WrittenCsv(std::string_view csv, std::string what, std::vector<std::string> columns);

  // One of those it must have.
  std::size_t column(std::string_view name) const;
  std::optional<std::size_t> find_column(std::string_view name) const;

  // Replaces `cells` by those of the next row; false at the end.
  bool next(std::vector<std::string>& cells);

  // Two words that look alike would be two things: throws where a cell begins or ends with a blank.
  void refuse_blanks(const std::string& cell) const;
  [[noreturn]] void refuse(const std::string& problem) const;

 private:
  [[noreturn]] void refuse_column(const char* count, std::string_view name) const;
  template <class Call>
  auto as_invalid_input(const Call& call) const;

  std::string what_;
  std::vector<std::string> columns_;
  std::string text_;
  std::unique_ptr<CsvReader> reader_;
};

}  // namespace pomona
