// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/extract.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/features/openvino_featurizer.h"
#include "pomona/features/preprocess.h"
#include "pomona/pipeline/extract_collector.h"
#include "pomona/pipeline/ordered_blocks.h"
#include "pomona/pipeline/photograph_source.h"

namespace pomona {
namespace {

// Files taken by a worker at a time: a few batches, so that little is idle at the end.
constexpr std::size_t kChunkFiles = 32;
constexpr std::size_t kMaxWaitingBlocks = 64;

// What one thread needs to turn files into rows: its slot of the featurizer and all scratch memory.
class Worker {
 public:
  Worker(PhotographSource& source, const Manifest& manifest, const ExtractSetup& setup,
         const ExtractOptions& options, const SmallPictureChoice* choice, Featurizer& featurizer,
         std::size_t slot)
      : source_(source),
        manifest_(manifest),
        choice_(choice),
        featurizer_(featurizer),
        slot_(slot),
        decode_options_{options.limits, featurizer.size()},
        preprocessor_(setup.backbone.spec, featurizer.size(), setup.fit) {}

  ExtractedBlock extract(std::size_t first, std::size_t last) {
    ExtractedBlock block;
    block.first = first;
    block.status.resize(last - first, FileStatus::kSkipped);
    block.features.reserve((last - first) * featurizer_.feature_count());
    std::size_t filled = 0;
    for (std::size_t row = first; row < last; ++row) {
      block.status[row - first] = read_into(row, filled, block);
      if (block.status[row - first] == FileStatus::kOk) ++filled;
      if (filled == featurizer_.batch()) flush(filled, block);
    }
    if (filled > 0) flush(filled, block);
    return block;
  }

 private:
  FileStatus read_into(std::size_t row_number, std::size_t place, ExtractedBlock& block) {
    const ManifestRow& row = manifest_.rows[row_number];
    if (row.status != FileStatus::kOk) return row.status;
    if (auto failure = source_.read(row_number, bytes_)) {
      block.failures.push_back(std::move(*failure));
      return FileStatus::kFailed;
    }
    block.bytes += bytes_.size();
    if (sniff_format(bytes_) == ImageFormat::kNone) return FileStatus::kSkipped;
    const auto decoded = decoder_.decode(bytes_, decode_options_, image_);
    if (!decoded) {
      block.failures.push_back({row.split, row.path, "decode",
                                std::string(decode_failure_name(decoded.error().kind)),
                                decoded.error().message});
      return FileStatus::kFailed;
    }
    preprocessor_.fill(image_, featurizer_.input(slot_, place));
    if (choice_ != nullptr && choice_->includes(row.path)) {
      const auto picture = picture_maker_.make(preprocessor_.resized());
      block.pictures.insert(block.pictures.end(), picture.begin(), picture.end());
      block.picture_rows.push_back(row_number);
    }
    return FileStatus::kOk;
  }

  void flush(std::size_t& filled, ExtractedBlock& block) {
    featurizer_.submit(slot_);
    const MatrixView<const float> features = featurizer_.collect(slot_);
    block.features.insert(block.features.end(), features.data(),
                          features.data() + filled * features.cols());
    filled = 0;
  }

  PhotographSource& source_;
  const Manifest& manifest_;
  const SmallPictureChoice* choice_;  // none: no small pictures
  Featurizer& featurizer_;
  std::size_t slot_;
  DecodeOptions decode_options_;
  Decoder decoder_;
  Preprocessor preprocessor_;
  SmallPictureMaker picture_maker_;
  std::string bytes_;
  Image image_;
};

std::string shown_share(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", share);
  return text;
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
                    failures_in_short(manifest.failures) + ", more than --max-failures " +
                    shown_share(max_failures) +
                    " allows; mend or remove them, or allow a larger share");
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
              "reading --precision " + name + ": this processor does not compute " + name +
                  "; use --precision f32, or auto (`pomona doctor` shows what it can)");
}

}  // namespace

void check_max_failures(double share) {
  if (share >= 0 && share <= 1) return;
  throw Error(ErrorKind::kInvalidInput,
              "reading --max-failures: expected a share from 0 to 1, found " + shown_share(share));
}

ExtractSetup prepare_extract(const ExtractOptions& options) {
  check_max_failures(options.max_failures);
  if (options.precision) check_precision(*options.precision);
  ExtractSetup setup;
  setup.backbone = read_backbone(options.models.empty() ? default_models_folder() : options.models,
                                 options.backbone);
  setup.fit = options.fit;
  FeaturizerOptions& featurizer = setup.featurizer;
  featurizer.size = options.size == 0 ? setup.backbone.spec.size : options.size;
  featurizer.precision =
      options.precision ? *options.precision : choose_precision(setup.backbone, featurizer.size);
  featurizer.batch =
      options.batch == 0 ? default_batch(featurizer.size, featurizer.precision) : options.batch;
  featurizer.slots = workers_or_all(options.workers);
  return setup;
}

ExtractCounts extract(const ImageRoots& roots, Manifest& manifest, const ExtractSetup& setup,
                      const ExtractOptions& options, const ExtractSinks& sinks, Progress& progress,
                      const std::stop_token& stop) {
  const std::unique_ptr<Featurizer> featurizer =
      make_openvino_featurizer(setup.backbone, setup.featurizer);
  const SmallPictureChoice choice(manifest.rows.size());
  ExtractCollector collector(manifest, featurizer->feature_count(), sinks);
  OrderedBlocks<ExtractedBlock> ordered([&](ExtractedBlock& block) { collector.add(block); },
                                        kMaxWaitingBlocks);
  PhotographSource source(roots, manifest);
  std::vector<std::unique_ptr<Worker>> workers;
  for (std::size_t slot = 0; slot < featurizer->slots(); ++slot) {
    workers.push_back(std::make_unique<Worker>(source, manifest, setup, options,
                                               sinks.pictures != nullptr ? &choice : nullptr,
                                               *featurizer, slot));
  }

  progress.begin("extract", manifest.rows.size());
  const std::size_t chunks = (manifest.rows.size() + kChunkFiles - 1) / kChunkFiles;
  parallel_for(chunks, featurizer->slots(), [&](std::size_t chunk, std::size_t worker) {
    try {
      throw_if_stopped(stop);
      const std::size_t first = chunk * kChunkFiles;
      const std::size_t last = std::min(first + kChunkFiles, manifest.rows.size());
      ordered.deliver(chunk, workers[worker]->extract(first, last));
      progress.advance(last - first);
    } catch (...) {
      ordered.abort();
      throw;
    }
  });
  const ExtractCounts counts = collector.finish();
  sort_failures(manifest.failures);
  check_counts(counts, manifest, "'" + roots.images->describe() + "'", options.max_failures);
  return counts;
}

}  // namespace pomona
