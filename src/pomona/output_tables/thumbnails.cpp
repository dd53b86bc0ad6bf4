// SPDX-License-Identifier: Apache-2.0
#include "pomona/output_tables/thumbnails.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>

#include "pomona/base/parallel.h"
#include "pomona/base/random.h"
#include "pomona/image/jpeg_encode.h"
#include "pomona/table/parquet_writer.h"

namespace pomona {
namespace {

constexpr int kJpegQuality = 80;
// Of all labels together, as far as each still gets kLeastOfLabel.
constexpr std::size_t kMostOfLabels = 8000;
constexpr std::size_t kLeastOfLabel = 3;
constexpr std::size_t kMostOfLabel = 12;
constexpr std::size_t kMostWithoutLabels = 60;

std::size_t most_of_each(std::size_t labels) {
  if (labels < 2) return kMostWithoutLabels;
  return std::clamp(kMostOfLabels / labels, kLeastOfLabel, kMostOfLabel);
}

// Of each label the first in an order that mixes them: training rows, then by a hash of the path.
void add_some_of_each_label(const TableRows& rows, const SmallPictures& pictures,
                            std::vector<std::size_t>& chosen) {
  using Place = std::tuple<std::uint32_t, bool, std::uint64_t, std::size_t>;
  std::vector<Place> places;
  for (const std::size_t row : pictures.rows()) {
    const ManifestRow& one = rows.manifest.rows[row];
    places.emplace_back(one.label, one.split == Split::kTest, hash_text(one.path, /*seed=*/0), row);
  }
  std::ranges::sort(places);
  const std::size_t most = most_of_each(rows.manifest.labels.size());
  std::size_t of_label = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const bool is_new = i == 0 || std::get<0>(places[i]) != std::get<0>(places[i - 1]);
    of_label = is_new ? 0 : of_label + 1;
    if (of_label < most) chosen.push_back(std::get<3>(places[i]));
  }
}

void add_examples(const TableRows& rows, const Json& metrics, std::vector<std::size_t>& chosen) {
  if (!metrics.is_object()) return;
  const auto add = [&](const Json& photograph) {
    chosen.push_back(rows.find(split_from_name(photograph.at("split").get<std::string>()),
                               photograph.at("path").get<std::string>()));
  };
  for (const Json& pair : metrics.at("confusions")) {
    for (const Json& example : pair.at("examples")) add(example);
  }
  for (const Json& mistake : metrics.at("surest_mistakes")) add(mistake);
}

}  // namespace

std::vector<std::size_t> rows_to_show(const TableRows& rows, const SmallPictures& pictures,
                                      const Json& metrics,
                                      const std::vector<std::size_t>& tsne_rows) {
  std::vector<std::size_t> chosen = tsne_rows;
  add_some_of_each_label(rows, pictures, chosen);
  add_examples(rows, metrics, chosen);
  std::ranges::sort(chosen);
  chosen.erase(std::ranges::unique(chosen).begin(), chosen.end());
  return chosen;
}

void write_thumbnails(const TableRows& rows, const SmallPictures& pictures,
                      const std::vector<std::size_t>& chosen, ObjectStore& store,
                      std::size_t workers) {
  struct Scratch {
    JpegEncoder encoder;
    Image picture;
  };
  ThumbnailBatch batch;
  std::vector<std::size_t> places;
  for (const std::size_t row : chosen) {
    const auto found = std::ranges::lower_bound(pictures.rows(), row);
    if (found == pictures.rows().end() || *found != row) continue;
    places.push_back(static_cast<std::size_t>(found - pictures.rows().begin()));
    const ManifestRow& one = rows.manifest.rows[row];
    batch.path.emplace_back(one.path);
    batch.label.push_back(rows.manifest.label(one));
    batch.split.emplace_back(split_name(one.split));
  }
  batch.jpeg.resize(places.size());
  std::vector<Scratch> scratch(workers);
  parallel_for(places.size(), workers, [&](std::size_t i, std::size_t worker) {
    auto& [encoder, picture] = scratch[worker];
    pictures.read(places[i], picture);
    encoder.encode(picture, kJpegQuality, batch.jpeg[i]);
  });
  ThumbnailTableWriter writer(store, "thumbnails");
  writer.add(batch);
  writer.finish();
}

}  // namespace pomona
