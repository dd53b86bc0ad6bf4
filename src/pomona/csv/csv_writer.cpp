// SPDX-License-Identifier: Apache-2.0
#include "pomona/csv/csv_writer.h"

#include <array>
#include <charconv>
#include <string>

#include "pomona/base/error.h"

namespace pomona {
namespace {

constexpr std::size_t kBufferBytes = 1 << 20;

}  // namespace

CsvWriter::CsvWriter(ObjectStore& store, std::string_view key) : out_(store.create(key)) {}

void CsvWriter::begin_field() {
  if (row_begun_) buffer_ += ',';
  row_begun_ = true;
}

CsvWriter& CsvWriter::text(std::string_view value) {
  begin_field();
  if (value.find_first_of(",\"\r\n") == std::string_view::npos) {
    buffer_ += value;
    return *this;
  }
  buffer_ += '"';
  for (const char c : value) {
    if (c == '"') buffer_ += '"';
    buffer_ += c;
  }
  buffer_ += '"';
  return *this;
}

template <class Number>
CsvWriter& CsvWriter::append_number(Number value) {
  begin_field();
  std::array<char, 32> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  buffer_.append(digits.data(), end);
  return *this;
}

CsvWriter& CsvWriter::integer(std::int64_t value) { return append_number(value); }
CsvWriter& CsvWriter::number(float value) { return append_number(value); }
CsvWriter& CsvWriter::number(double value) { return append_number(value); }

CsvWriter& CsvWriter::empty_field() {
  begin_field();
  return *this;
}

void CsvWriter::end_row() {
  buffer_ += '\n';
  row_begun_ = false;
  if (buffer_.size() < kBufferBytes) return;
  out_->write(buffer_);
  buffer_.clear();
}

void CsvWriter::commit() {
  out_->write(buffer_);
  buffer_.clear();
  out_->commit();
}

}  // namespace pomona
