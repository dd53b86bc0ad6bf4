// SPDX-License-Identifier: Apache-2.0
// Rows of the manifest whose features are known from an earlier extraction with the same settings:
// they are taken, not made again. On local disk, like everything there is one of for each
// photograph.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "pomona/base/row_file.h"
#include "pomona/base/scratch_memory.h"
#include "pomona/extract/previews.h"

namespace pomona {

// One thread adds; afterwards any number may look.
class KnownRows {
 public:
  // `rows`: of the manifest. `scratch_folder`: where scratch files are, as for RowFile. With
  // `by_hash` a row is known only once its file has been read and has the digest it had.
  KnownRows(std::size_t rows, std::size_t feature_count, const std::string& scratch_folder,
            bool by_hash);

  // `preview`: empty where it has none. `sha256`: 64 hexadecimal digits.
  void add(std::size_t row, std::span<const float> features, const std::string& sha256,
           std::string_view preview);

  std::size_t count() const { return count_; }
  bool by_hash() const { return by_hash_; }
  bool has(std::size_t row) const { return place_[row] >= 0; }
  // Is it taken without its file being read?
  bool spares_reading(std::size_t row) const { return has(row) && !by_hash_; }

  std::string sha256(std::size_t row) const;
  void read_features(std::size_t row, std::span<float> features) const;
  // Empty where it has none.
  std::string_view preview(std::size_t row) const;

 private:
  bool by_hash_;
  std::size_t count_ = 0;
  ScratchVector<std::int32_t> place_;          // in the file of features; -1: not known
  ScratchVector<std::int32_t> preview_place_;  // in the previews; -1: has none
  RowFile features_;
  BasicRowFile<std::uint8_t> digests_;
  Previews previews_;
};

}  // namespace pomona
