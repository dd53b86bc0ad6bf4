// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/pixel_baseline.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/base/random.h"
#include "pomona/features/preview.h"
#include "pomona/image/resize.h"
#include "pomona/neighbours/nearest.h"

namespace pomona {
namespace {

constexpr std::size_t kMaxReferences = 20'000;
constexpr std::size_t kMaxQueries = 2'000;

struct PixelRow {
  std::uint64_t order = 0;  // a hash of its path: which rows are kept when there are too many
  std::size_t preview = 0;  // its number among the previews
  std::int32_t label = 0;
};

void keep_some(std::vector<PixelRow>& rows, std::size_t most) {
  if (rows.size() > most) {
    std::ranges::nth_element(rows, rows.begin() + static_cast<std::ptrdiff_t>(most), {},
                             &PixelRow::order);
    rows.resize(most);
  }
  std::ranges::sort(rows, {}, &PixelRow::preview);
}

[[noreturn]] void fail_preview(std::string_view path) {
  const std::string side = std::to_string(kPreviewSide);
  throw Error(ErrorKind::kCorrupt, "measuring the pixel baseline: the preview of '" +
                                       std::string(path) + "' is no JPEG of " + side + " x " +
                                       side + " pixels; extract the features again");
}

// One row a preview, 16 × 16 × 3, about 0.
Matrix<float> pixel_matrix(const Previews& previews, const TableRows& rows,
                           const std::vector<PixelRow>& chosen, std::size_t workers) {
  constexpr int kSide = 16;
  struct Scratch {
    PreviewDecoder decoder;
    Resizer resizer;
    Image picture;
    Image tiny;
  };
  Matrix<float> matrix(chosen.size(), std::size_t{3} * kSide * kSide);
  std::vector<Scratch> scratch(workers);
  parallel_for(chosen.size(), workers, [&](std::size_t i, std::size_t worker) {
    auto& [decoder, resizer, picture, tiny] = scratch[worker];
    const std::size_t preview = chosen[i].preview;
    if (!decoder.decode(previews.jpeg(preview), picture)) {
      fail_preview(rows.manifest.rows[previews.rows()[preview]].path);
    }
    resizer.resize(picture, kSide, kSide, ResizeFilter::kBox, tiny);
    std::ranges::transform(tiny.pixels, matrix.row(i).begin(),
                           [](std::uint8_t value) { return static_cast<float>(value) - 128.0F; });
  });
  return matrix;
}

}  // namespace

std::optional<PixelBaseline> pixel_baseline(const Previews& previews, const TableRows& rows,
                                            std::size_t workers) {
  std::vector<PixelRow> train;
  std::vector<PixelRow> test;
  for (std::size_t i = 0; i < previews.rows().size(); ++i) {
    const std::size_t row = previews.rows()[i];
    const ManifestRow& photograph = rows.manifest.rows[row];
    const PixelRow one{hash_text(photograph.path, /*seed=*/1), i, rows.label_index[row]};
    if (photograph.split == Split::kTest) {
      test.push_back(one);
    } else if (one.label >= 0) {
      train.push_back(one);
    }
  }
  if (train.empty() || test.empty()) return std::nullopt;
  keep_some(train, kMaxReferences);
  keep_some(test, kMaxQueries);
  const Matrix<float> references = pixel_matrix(previews, rows, train, workers);
  const Matrix<float> queries = pixel_matrix(previews, rows, test, workers);
  const std::vector<std::size_t> nearest = nearest_rows(references.view(), queries.view(), workers);
  std::size_t right = 0;
  for (std::size_t i = 0; i < nearest.size(); ++i) {
    if (train[nearest[i]].label == test[i].label) ++right;
  }
  return PixelBaseline{static_cast<double>(right) / static_cast<double>(nearest.size()),
                       train.size(), test.size()};
}

}  // namespace pomona
