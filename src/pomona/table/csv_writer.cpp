// SPDX-License-Identifier: Apache-2.0
#include "pomona/table/csv_writer.h"

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

ReducedCsvWriter::ReducedCsvWriter(ObjectStore& store, std::string_view key,
                                   std::size_t n_components)
    : csv_(store, key), n_components_(n_components) {
  for (const std::string_view name : {"path", "label", "split", "label_index"}) csv_.text(name);
  for (std::size_t i = 1; i <= n_components; ++i) csv_.text("pc_" + std::to_string(i));
  csv_.end_row();
}

void ReducedCsvWriter::add(const ReducedBatch& batch) {
  if (batch.rows() > 0 && batch.pca_features.cols() != n_components_) {
    throw Error(ErrorKind::kInvalidInput,
                "writing reduced rows as CSV: expected " + std::to_string(n_components_) +
                    " components, found " + std::to_string(batch.pca_features.cols()));
  }
  for (std::size_t i = 0; i < batch.rows(); ++i) {
    csv_.text(batch.path[i]).text(batch.label[i]).text(batch.split[i]);
    if (const auto& index = batch.label_index[i]) {
      csv_.integer(*index);
    } else {
      csv_.empty_field();
    }
    for (const float value : batch.pca_features.row(i)) csv_.number(value);
    csv_.end_row();
  }
}

}  // namespace pomona
