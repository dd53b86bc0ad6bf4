// SPDX-License-Identifier: Apache-2.0
#include "pomona/extract/extract_collector.h"

#include <algorithm>
#include <span>

#include "pomona/features/crop_mean.h"

namespace pomona {
namespace {

// A batch cut short, at the end of the table.
FeatureBatch first_rows(FeatureBatch batch, std::size_t rows) {
  batch.path.resize(rows);
  batch.label.resize(rows);
  batch.split.resize(rows);
  Matrix<float> features(rows, batch.features.cols());
  std::copy_n(batch.features.data(), features.size(), features.data());
  batch.features = std::move(features);
  return batch;
}

}  // namespace

ExtractCollector::ExtractCollector(Manifest& manifest, std::size_t crops, std::size_t feature_count,
                                   const ExtractSinks& sinks, Checkpoints* shards)
    : manifest_(manifest),
      crops_(crops),
      row_width_(crops * feature_count),
      sinks_(sinks),
      shards_(shards) {
  batch_.path.resize(kMomentsBlockRows);
  batch_.label.resize(kMomentsBlockRows);
  batch_.split.resize(kMomentsBlockRows);
  batch_.features = Matrix<float>(kMomentsBlockRows, row_width_);
  labels_.resize(kMomentsBlockRows);
}

void ExtractCollector::add(ExtractedBlock block) {
  if (shards_ != nullptr && !writer_) {
    const auto& shards = shards_->shards();
    const auto after = std::ranges::upper_bound(shards, block.first, {}, &Shard::first);
    replay_before(static_cast<std::size_t>(after - shards.begin()) - 1);
  }
  add_rows(block);
  if (shards_ != nullptr) keep(std::move(block));
}

void ExtractCollector::keep(ExtractedBlock block) {
  if (!writer_) writer_ = shards_->begin(next_shard_);
  const bool is_complete = block.last() == shards_->shards()[next_shard_].last;
  writer_->add(std::move(block));
  if (!is_complete) return;
  const std::lock_guard lock(mutex_);
  complete_.push_back(std::move(writer_));
  ++next_shard_;
  ++counts_.shards;
}

std::unique_ptr<ShardWriter> ExtractCollector::take_complete_shard() {
  const std::lock_guard lock(mutex_);
  if (complete_.empty()) return nullptr;
  std::unique_ptr<ShardWriter> writer = std::move(complete_.back());
  complete_.pop_back();
  return writer;
}

void ExtractCollector::write_complete_shards() {
  while (const std::unique_ptr<ShardWriter> writer = take_complete_shard()) writer->finish();
}

// A share of an extraction has no use for what others finished.
void ExtractCollector::replay_before(std::size_t shard) {
  const bool wanted = sinks_.features != nullptr || sinks_.moments != nullptr;
  for (; next_shard_ < shard; ++next_shard_) {
    if (!wanted) continue;
    add_rows(shards_->read(next_shard_));
    ++counts_.shards_kept;
  }
}

void ExtractCollector::add_rows(const ExtractedBlock& block) {
  const float* features = block.features.data();
  counts_.bytes += block.bytes;
  counts_.decoded += block.decoded;
  counts_.taken += block.taken;
  for (std::size_t i = 0; i < block.status.size(); ++i) {
    ManifestRow& row = manifest_.rows[block.first + i];
    row.status = block.status[i];
    counts_.failed += row.status == FileStatus::kFailed ? 1 : 0;
    counts_.skipped += row.status == FileStatus::kSkipped ? 1 : 0;
    if (row.status != FileStatus::kOk) continue;
    ++counts_.ok;
    if (block.damage[i] > 0) ++counts_.damaged;
    add_row(row, features);
    features += row_width_;
  }
  manifest_.failures.insert(manifest_.failures.end(), block.failures.begin(), block.failures.end());
}

void ExtractCollector::add_row(const ManifestRow& row, const float* features) {
  if (sinks_.features != nullptr) {
    batch_.path[filled_] = row.path;
    batch_.label[filled_] = manifest_.label(row);
    batch_.split[filled_] = split_name(row.split);
  }
  std::copy_n(features, row_width_, batch_.features.row(filled_).data());
  labels_[filled_] = static_cast<std::int32_t>(row.label);
  if (row.split == Split::kTest) ++test_rows_;
  if (++filled_ == kMomentsBlockRows) flush();
}

void ExtractCollector::flush() {
  if (filled_ == 0) return;
  if (sinks_.moments != nullptr && test_rows_ < filled_) {
    const std::size_t train_rows = filled_ - test_rows_;
    const auto rows = batch_.features.view().rows_from(test_rows_, train_rows);
    sinks_.moments->add(CropMean(crops_).of(rows),
                        std::span(labels_).subspan(test_rows_, train_rows));
  }
  if (sinks_.features != nullptr) {
    if (filled_ < kMomentsBlockRows) batch_ = first_rows(std::move(batch_), filled_);
    sinks_.features->add(batch_);
  }
  filled_ = 0;
  test_rows_ = 0;
}

ExtractCounts ExtractCollector::finish() {
  if (shards_ != nullptr) replay_before(shards_->shards().size());
  flush();
  if (sinks_.features != nullptr) sinks_.features->finish();
  return counts_;
}

}  // namespace pomona
