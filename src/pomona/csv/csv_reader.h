// SPDX-License-Identifier: Apache-2.0
// Strict RFC 4180, for the files we wrote ourselves: failures.csv, confusion.csv, and reduced.csv,
// which may be larger than memory. Used by one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/storage/object_store.h"

namespace pomona {

// Walks over the rows of a text, which must outlive it, or of an object, of which it holds a piece
// at a time. Lines end in "\n" or "\r\n". The first row is the header.
class CsvReader {
 public:
  // `what` names the text in errors.
  CsvReader(std::string_view text, std::string_view what);
  // Throws like ObjectStore::open().
  CsvReader(const ObjectStore& store, std::string_view key, std::size_t piece_bytes = 1U << 20U);
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  const std::vector<std::string>& header() const { return header_; }
  // Replaces `fields` by the next row; false at the end. Throws corrupt, with the number of the
  // line, for a stray quote, a missing end of line, or another number of fields than the header.
  bool next(std::vector<std::string>& fields);

 private:
  void read_header();
  void load_row();
  void read_row(std::vector<std::string>& fields);
  void read_field(std::string& field);
  void read_quoted(std::string& field);
  [[noreturn]] void fail(std::string_view problem) const;

  std::unique_ptr<ObjectReader> object_;  // none for a text
  std::size_t piece_bytes_ = 0;
  std::uint64_t loaded_ = 0;  // bytes of the object
  std::string piece_;
  std::string_view text_;  // all of it, or piece_
  std::string what_;
  std::size_t at_ = 0;
  std::size_t line_ = 0;  // that was read last
  std::vector<std::string> header_;
};

}  // namespace pomona
