// SPDX-License-Identifier: Apache-2.0
#include "pomona/csv/written_csv.h"

#include <algorithm>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/storage/key.h"

namespace pomona {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// As spreadsheets and editors write it: with a byte order mark, without an end of the last line.
std::string plain_csv(std::string_view csv) {
  if (csv.starts_with(kByteOrderMark)) csv.remove_prefix(kByteOrderMark.size());
  std::string text(csv);
  if (!text.empty() && text.back() != '\n') text += '\n';
  return text;
}

// "source, class and label"
std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace

template <class Call>
auto WrittenCsv::as_invalid_input(const Call& call) const {
  try {
    return call();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kCorrupt) throw;
    throw Error(ErrorKind::kInvalidInput, error.what());
  }
}

WrittenCsv::WrittenCsv(std::string_view csv, std::string what, std::vector<std::string> columns)
    : what_(std::move(what)), columns_(std::move(columns)), text_(plain_csv(csv)) {
  if (!is_utf8(text_)) refuse("it is not UTF-8; save it so, as spreadsheets offer it for CSV");
  as_invalid_input([&] { reader_ = std::make_unique<CsvReader>(text_, what_); });
  for (const std::string& name : columns_) column(name);
}

std::size_t WrittenCsv::column(std::string_view name) const {
  if (const auto found = find_column(name)) return *found;
  refuse_column("no", name);
}

std::optional<std::size_t> WrittenCsv::find_column(std::string_view name) const {
  const auto found = std::ranges::find(reader_->header(), name);
  if (found == reader_->header().end()) return std::nullopt;
  if (std::ranges::count(reader_->header(), name) > 1) {
    refuse_column("more than one", name);
  }
  return static_cast<std::size_t>(found - reader_->header().begin());
}

bool WrittenCsv::next(std::vector<std::string>& cells) {
  return as_invalid_input([&] { return reader_->next(cells); });
}

void WrittenCsv::refuse_blanks(const std::string& cell) const {
  if (cell.empty() || (cell.front() != ' ' && cell.back() != ' ')) return;
  refuse("'" + cell + "' begins or ends with a blank; take that away");
}

void WrittenCsv::refuse_column(const char* count, std::string_view name) const {
  refuse(std::string("there is ") + count + " column '" + std::string(name) +
         "'; expected a first line that names " + listed(columns_) + ", between commas");
}

void WrittenCsv::refuse(const std::string& problem) const {
  throw Error(ErrorKind::kInvalidInput, "reading " + what_ + ": " + problem);
}

}  // namespace pomona
