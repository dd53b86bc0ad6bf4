// SPDX-License-Identifier: Apache-2.0
#include "pomona/output_tables/preview_table.h"

#include <string_view>
#include <utility>

#include "pomona/table/parquet_writer.h"

namespace pomona {
namespace {

// Walks over rows beside a table of previews; both are in the order of tables.
class PreviewWalk {
 public:
  explicit PreviewWalk(const Manifest& manifest) : rows_(manifest.rows) {}

  // Calls take(row, i) for each preview i of the next batch that is of a row that is ok.
  template <class Take>
  void next(PreviewBatch& batch, const Take& take) {
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      const auto key = std::pair(split_from_name(batch.split[i]), std::string_view(batch.path[i]));
      while (at_ < rows_.size() && std::pair(rows_[at_].split, rows_[at_].path) < key) ++at_;
      if (at_ == rows_.size()) return;
      const ManifestRow& row = rows_[at_];
      if (std::pair(row.split, row.path) == key && row.status == FileStatus::kOk) take(at_, i);
    }
  }

 private:
  const decltype(Manifest::rows)& rows_;
  std::size_t at_ = 0;
};

}  // namespace

Previews read_previews(const ObjectStore& store, const TableParts& parts, const TableRows& rows) {
  Previews previews;
  PreviewWalk walk(rows.manifest);
  PreviewTableReader reader(store, parts);
  for (PreviewBatch batch; reader.next(batch);) {
    walk.next(batch, [&](std::size_t row, std::size_t i) { previews.append(row, batch.jpeg[i]); });
  }
  return previews;
}

void copy_previews(const FeaturePlace& features, const TableRows& rows, ObjectStore& out) {
  if (features.place != "features" || !features.store->exists("previews/_SUCCESS")) return;
  PreviewWalk walk(rows.manifest);
  PreviewTableReader reader(*features.store, "previews");
  PreviewTableWriter writer(out, "previews");
  for (PreviewBatch batch; reader.next(batch);) {
    PreviewBatch kept;
    walk.next(batch, [&](std::size_t row, std::size_t i) {
      kept.path.push_back(batch.path[i]);
      kept.label.push_back(rows.manifest.label(rows.manifest.rows[row]));
      kept.split.push_back(batch.split[i]);
      kept.jpeg.push_back(std::move(batch.jpeg[i]));
    });
    writer.add(kept);
  }
  writer.finish();
}

}  // namespace pomona
