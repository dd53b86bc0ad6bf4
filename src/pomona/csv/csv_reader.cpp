// SPDX-License-Identifier: Apache-2.0
#include "pomona/csv/csv_reader.h"

#include <algorithm>
#include <span>

#include "pomona/base/error.h"

namespace pomona {

CsvReader::CsvReader(std::string_view text, std::string_view what) : text_(text), what_(what) {
  read_header();
}

CsvReader::CsvReader(const ObjectStore& store, std::string_view key, std::size_t piece_bytes)
    : object_(store.open(key)), piece_bytes_(piece_bytes), what_(store.describe() + "/") {
  what_ += key;
  read_header();
}

void CsvReader::read_header() {
  load_row();
  if (text_.empty()) fail("expected a header, found nothing");
  read_row(header_);
}

// Sees to it that a row that begins at at_ is there to its end, as far as the object has one: an
// end of line with an even number of quotes before it.
void CsvReader::load_row() {
  if (object_ == nullptr) return;
  bool quoted = false;
  for (std::size_t seen = at_;; ++seen) {
    if (seen == text_.size()) {
      if (loaded_ == object_->size()) return;
      piece_.erase(0, at_);
      seen -= at_;
      at_ = 0;
      const std::size_t kept = piece_.size();
      piece_.resize(kept + std::min<std::uint64_t>(piece_bytes_, object_->size() - loaded_));
      object_->read_at(loaded_, std::span(piece_).subspan(kept));
      loaded_ += piece_.size() - kept;
      text_ = piece_;
    }
    if (text_[seen] == '"') quoted = !quoted;
    if (text_[seen] == '\n' && !quoted) return;
  }
}

void CsvReader::fail(std::string_view problem) const {
  throw Error(ErrorKind::kCorrupt,
              "reading " + what_ + ", line " + std::to_string(line_) + ": " + std::string(problem));
}

bool CsvReader::next(std::vector<std::string>& fields) {
  load_row();
  if (at_ == text_.size()) {
    fields.clear();
    return false;
  }
  read_row(fields);
  if (fields.size() != header_.size()) {
    fail("expected " + std::to_string(header_.size()) + " fields, found " +
         std::to_string(fields.size()));
  }
  return true;
}

void CsvReader::read_row(std::vector<std::string>& fields) {
  ++line_;
  std::size_t count = 0;
  for (;;) {
    if (count == fields.size()) fields.emplace_back();
    read_field(fields[count++]);
    if (at_ == text_.size()) fail("expected an end of line, found the end of the file");
    if (text_[at_++] != ',') break;
  }
  // read_field() stops at ',', LF or CR LF.
  if (text_[at_ - 1] == '\r') ++at_;
  fields.resize(count);
}

void CsvReader::read_field(std::string& field) {
  field.clear();
  if (at_ < text_.size() && text_[at_] == '"') {
    read_quoted(field);
  } else {
    const std::size_t end = std::min(text_.find_first_of(",\"\r\n", at_), text_.size());
    field = text_.substr(at_, end - at_);
    at_ = end;
  }
  if (at_ == text_.size() || text_[at_] == ',' || text_[at_] == '\n') return;
  if (text_.substr(at_, 2) == "\r\n") return;
  fail("expected a comma or the end of the line after a field");
}

void CsvReader::read_quoted(std::string& field) {
  for (++at_;;) {
    const std::size_t quote = text_.find('"', at_);
    if (quote == std::string_view::npos) fail("a quoted field without an end");
    field += text_.substr(at_, quote - at_);
    at_ = quote + 1;
    if (at_ == text_.size() || text_[at_] != '"') break;
    field += '"';
    ++at_;
  }
  line_ += static_cast<std::size_t>(std::ranges::count(field, '\n'));
}

}  // namespace pomona
