// SPDX-License-Identifier: Apache-2.0
// Strict RFC 4180, for the small files we wrote ourselves (failures.csv, confusion.csv) and for
// checking reduced.csv row by row.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pomona {

// Walks over the rows of a text, which must outlive it. Lines end in "\n" or "\r\n".
class CsvReader {
 public:
  // `what` names the text in errors. The first row is the header.
  CsvReader(std::string_view text, std::string_view what);

  const std::vector<std::string>& header() const { return header_; }
  // Replaces `fields` by the next row; false at the end. Throws corrupt, with the number of the
  // line, for a stray quote, a missing end of line, or another number of fields than the header.
  bool next(std::vector<std::string>& fields);

 private:
  void read_row(std::vector<std::string>& fields);
  void read_field(std::string& field);
  void read_quoted(std::string& field);
  [[noreturn]] void fail(std::string_view problem) const;

  std::string_view text_;
  std::string what_;
  std::size_t at_ = 0;
  std::size_t line_ = 0;  // that was read last
  std::vector<std::string> header_;
};

}  // namespace pomona
