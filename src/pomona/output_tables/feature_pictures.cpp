// SPDX-License-Identifier: Apache-2.0
#include "pomona/output_tables/feature_pictures.h"

#include <cstdint>
#include <span>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/table/parquet_reader.h"

namespace pomona {
namespace {

std::span<const std::uint8_t> pixels_of(const PictureBatch& batch, std::size_t i) {
  const std::string& pixels = batch.pixels[i];
  if (pixels.size() != kPreviewBytes) {
    throw Error(ErrorKind::kCorrupt, "reading the pictures beside the features: that of '" +
                                         batch.path[i] + "' has " + std::to_string(pixels.size()) +
                                         " bytes, expected " + std::to_string(kPreviewBytes) +
                                         "; extract the features again");
  }
  return {reinterpret_cast<const std::uint8_t*>(pixels.data()), pixels.size()};
}

}  // namespace

std::unique_ptr<SmallPictures> pictures_of_features(const FeaturePlace& features,
                                                    const TableRows& rows,
                                                    const std::string& scratch_folder) {
  if (features.place != "features" || !features.store->exists("pictures/_SUCCESS")) return nullptr;
  auto pictures = std::make_unique<SmallPictures>(scratch_folder);
  const auto& known = rows.manifest.rows;
  // Both are in the order of tables.
  std::size_t row = 0;
  PictureTableReader reader(*features.store, "pictures");
  for (PictureBatch batch; reader.next(batch);) {
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      const auto key = std::pair(split_from_name(batch.split[i]), std::string_view(batch.path[i]));
      while (row < known.size() && std::pair(known[row].split, known[row].path) < key) ++row;
      if (row == known.size()) return pictures;
      if (known[row].split != key.first || known[row].path != key.second) continue;
      if (known[row].status == FileStatus::kOk) pictures->append(row, pixels_of(batch, i));
    }
  }
  return pictures;
}

}  // namespace pomona
