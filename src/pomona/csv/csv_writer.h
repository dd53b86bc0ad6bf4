// SPDX-License-Identifier: Apache-2.0
// CSV by RFC 4180, with lines that end in "\n". Numbers are the shortest text that reads back as
// the same value. Used by one thread; errors of the store pass through.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "pomona/storage/object_store.h"

namespace pomona {

class CsvWriter {
 public:
  CsvWriter(ObjectStore& store, std::string_view key);

  // One field each. Text is quoted where it holds a comma, a quote, CR or LF.
  CsvWriter& text(std::string_view value);
  CsvWriter& integer(std::int64_t value);
  CsvWriter& number(float value);
  CsvWriter& number(double value);
  CsvWriter& empty_field();
  void end_row();
  // The object appears now; without it nothing is left behind.
  void commit();

 private:
  void begin_field();
  template <class Number>
  CsvWriter& append_number(Number value);

  std::unique_ptr<ObjectWriter> out_;
  std::string buffer_;
  bool row_begun_ = false;
};

}  // namespace pomona
