// SPDX-License-Identifier: Apache-2.0
#include "pomona/extract/extract.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "pomona/backbone/openvino_featurizer.h"
#include "pomona/base/bounds.h"
#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/base/number_text.h"
#include "pomona/base/parallel.h"
#include "pomona/dataset/files/file_content.h"
#include "pomona/dataset/photograph_source.h"
#include "pomona/extract/extract_collector.h"
#include "pomona/extract/ordered_blocks.h"
#include "pomona/features/photograph_featurizer.h"

namespace pomona {
namespace {

// Files taken by a worker at a time: a few batches, so that little is idle at the end. Rows that
// are known come on top, or the network would work on batches that are nearly empty.
constexpr std::size_t kChunkFiles = 32;
constexpr std::size_t kChunkRows = 1024;

// Blocks that wait for one in front of them; those of known rows are large.
std::size_t max_waiting_blocks(const KnownRows* known) { return known == nullptr ? 64 : 8; }

struct RowRange {
  std::size_t first = 0;
  std::size_t last = 0;
};

// What one thread needs to turn files into rows: a featurizer on its slot and all scratch memory.
class Worker {
 public:
  Worker(const ExtractTask& task, PhotographSource& source, const PreviewChoice* choice,
         const KnownRows* known, const CropNetworks& networks, std::size_t slot)
      : source_(source),
        manifest_(task.manifest),
        limits_(task.options.limits),
        choice_(choice),
        known_(known),
        featurizer_(networks, task.setup, networks.every_crop(), {slot}) {}

  ExtractedBlock extract(const RowRange& range) {
    ExtractedBlock block;
    block.first = range.first;
    block.status.reserve(range.last - range.first);
    block.sha256.resize(range.last - range.first);
    block.damage.resize(range.last - range.first);
    featurizer_.reserve(range.last - range.first);
    for (std::size_t row = range.first; row < range.last; ++row) {
      block.status.push_back(read_into(row, block));
    }
    block.features = featurizer_.finish();
    return block;
  }

 private:
  FileStatus read_into(std::size_t row_number, ExtractedBlock& block) {
    const ManifestRow& row = manifest_.rows[row_number];
    if (row.status != FileStatus::kOk) return row.status;
    const bool known = known_ != nullptr && known_->has(row_number);
    std::string& digest = block.sha256[row_number - block.first];
    if (known && known_->spares_reading(row_number)) {
      digest = known_->sha256(row_number);
      block.bytes += row.bytes;
      take_known(row_number, block);
      return FileStatus::kOk;
    }
    if (auto failure = source_.read(row_number, bytes_)) {
      block.failures.push_back(std::move(*failure));
      return FileStatus::kFailed;
    }
    block.bytes += bytes_.size();
    digest = sha256(bytes_);
    if (known && known_->sha256(row_number) == digest) {
      take_known(row_number, block);
      return FileStatus::kOk;
    }
    return decode_into(row_number, block);
  }

  FileStatus decode_into(std::size_t row_number, ExtractedBlock& block) {
    const ManifestRow& row = manifest_.rows[row_number];
    if (FileContent content = file_content(row.path, bytes_); content.status != FileStatus::kOk) {
      if (content.failure) {
        block.failures.push_back(decode_failure(row, std::move(*content.failure)));
      }
      return content.status;
    }
    ++block.decoded;
    const bool previewed = choice_ != nullptr && choice_->includes(row.path);
    const auto added = featurizer_.add(bytes_, limits_, previewed);
    if (!added) {
      block.failures.push_back(decode_failure(row, added.error()));
      return FileStatus::kFailed;
    }
    block.damage[row_number - block.first] = added->damage;
    if (previewed) {
      block.previews.emplace_back(featurizer_.preview());
      block.preview_rows.push_back(row_number);
    }
    return FileStatus::kOk;
  }

  void take_known(std::size_t row, ExtractedBlock& block) {
    ++block.taken;
    known_->read_features(row, featurizer_.add_known());
    if (choice_ == nullptr || !choice_->includes(manifest_.rows[row].path)) return;
    block.previews.emplace_back(known_->preview(row));
    block.preview_rows.push_back(row);
  }

  PhotographSource& source_;
  const Manifest& manifest_;
  const DecodeLimits& limits_;
  const PreviewChoice* choice_;  // none: no previews
  const KnownRows* known_;
  PhotographFeaturizer featurizer_;
  std::string bytes_;
};

// What workers take one after the other, each within one shard.
std::vector<RowRange> cut_into_chunks(const std::vector<Shard>& shards, const KnownRows* known) {
  std::vector<RowRange> chunks;
  for (const Shard& shard : shards) {
    std::size_t first = shard.first;
    std::size_t files = 0;
    for (std::size_t row = shard.first; row < shard.last; ++row) {
      if (known == nullptr || !known->spares_reading(row)) ++files;
      const std::size_t next = row + 1;
      if (files < kChunkFiles && next - first < kChunkRows && next < shard.last) continue;
      chunks.push_back({first, next});
      first = next;
      files = 0;
    }
  }
  return chunks;
}

std::vector<Shard> unfinished_shards(const Manifest& manifest, const Checkpoints* finished) {
  if (finished == nullptr) return cut_into_shards(manifest.rows.size(), manifest.rows.size() + 1);
  std::vector<Shard> shards;
  for (const Shard& shard : finished->shards()) {
    if (!finished->is_finished(shard.number)) shards.push_back(shard);
  }
  return shards;
}

ScratchVector<std::size_t> rows_to_read(const std::vector<RowRange>& chunks,
                                        const Manifest& manifest, const KnownRows* known) {
  ScratchVector<std::size_t> rows;
  for (const RowRange& chunk : chunks) {
    for (std::size_t row = chunk.first; row < chunk.last; ++row) {
      const bool taken = known != nullptr && known->spares_reading(row);
      if (manifest.rows[row].status == FileStatus::kOk && !taken) rows.push_back(row);
    }
  }
  return rows;
}

// " (2 truncated, 1 unsupported_format; the first is 'a/1.jpg': …)"
std::string failures_in_short(const std::vector<FileFailure>& failures) {
  if (failures.empty()) return "";
  std::map<std::string, std::size_t> kinds;
  for (const FileFailure& failure : failures) ++kinds[failure.kind];
  std::string text;
  for (const auto& [kind, count] : kinds) {
    text += (text.empty() ? " (" : ", ") + std::to_string(count) + " " + kind;
  }
  return text + "; the first is '" + failures.front().path + "': " + failures.front().message + ")";
}

void check_counts(const ExtractCounts& counts, const Manifest& manifest, const std::string& where,
                  double max_failures) {
  const std::size_t photographs = counts.ok + counts.failed;
  if (static_cast<double>(counts.failed) > max_failures * static_cast<double>(photographs)) {
    throw Error(ErrorKind::kInvalidInput,
                "extracting features of " + where + ": " + std::to_string(counts.failed) + " of " +
                    std::to_string(photographs) + " photographs failed" +
                    failures_in_short(manifest.failures) + ", more than max_failures " +
                    shown_number(max_failures) +
                    " allows; repair or remove them, or allow a larger share");
  }
  if (counts.ok == 0) {
    throw Error(ErrorKind::kInvalidInput, "extracting features of " + where + ": none of the " +
                                              std::to_string(manifest.rows.size()) +
                                              " files is a photograph that can be read" +
                                              failures_in_short(manifest.failures) +
                                              "; expected JPEG, PNG or WebP");
  }
}

// Never something else than what was asked for, and never quietly slower.
void check_precision(Precision precision) {
  const std::vector<Precision> native = native_precisions();
  if (std::ranges::find(native, precision) != native.end()) return;
  const std::string name(precision_name(precision));
  throw Error(ErrorKind::kInvalidInput,
              "precision: this processor does not compute " + name +
                  "; use f32, or auto (`pomona doctor` shows what it can)");
}

// The shards of a task, on every slot of the networks.
class ShardExtractor {
 public:
  ShardExtractor(const ExtractTask& task, const CropNetworks& networks, const KnownRows* known,
                 bool with_previews)
      : task_(task),
        networks_(networks),
        known_(known),
        choice_(preview_choice(task.manifest)),
        with_previews_(with_previews) {}

  void work_on(const std::vector<Shard>& shards, ExtractCollector& collector, Progress& progress,
               const std::stop_token& stop) const {
    const std::vector<RowRange> chunks = cut_into_chunks(shards, known_);
    PhotographSource source(task_.roots, task_.manifest,
                            rows_to_read(chunks, task_.manifest, known_));
    std::vector<std::unique_ptr<Worker>> workers;
    for (std::size_t slot = 0; slot < networks_.slots(); ++slot) {
      workers.push_back(std::make_unique<Worker>(task_, source, with_previews_ ? &choice_ : nullptr,
                                                 known_, networks_, slot));
    }
    OrderedBlocks<ExtractedBlock> ordered(
        [&](ExtractedBlock& block) { collector.add(std::move(block)); },
        max_waiting_blocks(known_));
    parallel_for(chunks.size(), networks_.slots(), [&](std::size_t chunk, std::size_t worker) {
      try {
        throw_if_stopped(stop);
        ordered.deliver(chunk, workers[worker]->extract(chunks[chunk]));
        collector.write_complete_shards();
        progress.advance(chunks[chunk].last - chunks[chunk].first);
      } catch (...) {
        ordered.abort();
        source.abort();
        throw;
      }
    });
  }

 private:
  const ExtractTask& task_;
  const CropNetworks& networks_;
  const KnownRows* known_;
  PreviewChoice choice_;
  bool with_previews_;
};

}  // namespace

ExtractSetup prepare_extract(const ExtractOptions& options, const std::stop_token& stop) {
  options.check();
  if (options.precision) check_precision(*options.precision);
  ExtractSetup setup;
  setup.backbone = read_backbone(options.models, options.backbone);
  setup.fit = options.fit;
  setup.crops = options.crops;
  FeaturizerOptions& featurizer = setup.featurizer;
  featurizer.size = options.size == 0 ? setup.backbone.spec.size : options.size;
  featurizer.precision = options.precision
                             ? *options.precision
                             : choose_precision(setup.backbone, featurizer.size, stop);
  // One for all sizes, which suits the largest: a larger one would cost memory.
  const int largest = std::ranges::max(sizes_of_crops(setup.crops, featurizer.size));
  featurizer.batch = options.batch == 0
                         ? default_batch(setup.backbone.spec, largest, featurizer.precision)
                         : options.batch;
  featurizer.slots = workers_or_all(options.workers);
  return setup;
}

PreviewChoice preview_choice(const Manifest& manifest) {
  return PreviewChoice(manifest.rows.size());
}

ExtractCounts extract(const ExtractTask& task, const ExtractSinks& sinks,
                      const ExtractMemory& memory, Progress& progress,
                      const std::stop_token& stop) {
  const CropNetworks networks = make_networks(task.setup);
  ExtractCollector collector(task.manifest, task.setup.crops.size(), networks.feature_count(),
                             sinks, memory.shards);
  progress.begin("extract", task.manifest.rows.size());
  ShardExtractor(task, networks, memory.known, memory.shards != nullptr && task.options.previews)
      .work_on(unfinished_shards(task.manifest, memory.shards), collector, progress, stop);
  const ExtractCounts counts = collector.finish();
  sort_failures(task.manifest.failures);
  check_counts(counts, task.manifest, "'" + task.roots.images->describe() + "'",
               task.options.max_failures);
  return counts;
}

ExtractCounts extract_share(const ExtractTask& task, const ShardShare& share,
                            const ExtractMemory& memory, Progress& progress,
                            const std::stop_token& stop) {
  share.check();
  check_given("shards", memory.shards != nullptr, "where the shards of all machines are kept");
  std::vector<Shard> shards = unfinished_shards(task.manifest, memory.shards);
  const std::size_t all = memory.shards->shards().size();
  std::erase_if(shards, [&](const Shard& shard) { return !share.includes(shard.number, all); });
  if (shards.empty()) return {};
  const CropNetworks networks = make_networks(task.setup);
  ExtractCollector collector(task.manifest, task.setup.crops.size(), networks.feature_count(), {},
                             memory.shards);
  progress.begin("extract", shards.size() * task.options.part_files);
  ShardExtractor(task, networks, memory.known, task.options.previews)
      .work_on(shards, collector, progress, stop);
  return collector.counts();
}

}  // namespace pomona
