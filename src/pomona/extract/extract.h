// SPDX-License-Identifier: Apache-2.0
// extract: photographs → features. Every file is read once, decoded once, and goes through the
// network once, by workers that each read, decode, resize and infer; what comes out is in the order
// of the manifest and does not depend on their number.
#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/backbone/backbone.h"
#include "pomona/base/progress.h"
#include "pomona/dataset/manifest.h"
#include "pomona/dataset/scan.h"
#include "pomona/extract/checkpoints.h"
#include "pomona/extract/known_rows.h"
#include "pomona/extract/previews.h"
#include "pomona/features/extract_setup.h"
#include "pomona/features/feature_sink.h"
#include "pomona/image/decode.h"
#include "pomona/image/resize.h"
#include "pomona/learn/moments.h"

namespace pomona {

inline constexpr std::size_t kMostPartFiles = 65'536;  // a part is read as one piece of the table

struct ExtractOptions {
  std::string backbone = "efficientnet-lite0";
  std::string models;                  // folder of installed backbones
  int size = 0;                        // side of the network's input; 0: the backbone's own
  std::optional<Precision> precision;  // none: the fastest this processor has, by measuring
  Fit fit = Fit::kSquash;
  std::vector<Crop> crops = {Crop()};
  int batch = 0;                  // photographs a call of the network; 0: by a rule
  std::size_t workers = 0;        // 0: one a usable core
  double max_failures = 0.1;      // share of photographs that may fail
  bool previews = true;           // keep some, for the report and the pixel baseline
  std::size_t part_files = 4096;  // files a shard: what a run that is killed loses at most
  DecodeLimits limits;

  // Throws invalid_input that names the field.
  void check() const;
};

// The settings as they will be used: defaults filled in, precision chosen. Throws invalid_input
// also for two crops that are the same at the network's size.
ExtractSetup prepare_extract(const ExtractOptions& options, const std::stop_token& stop = {});

// Where rows go, in order; called by one thread at a time. `moments` gets the training rows, with
// labels numbered as in the manifest.
struct ExtractSinks {
  FeatureSink* features = nullptr;
  Moments* moments = nullptr;
};

// What need not be made again, and where what is made is kept; each may be null, except `shards`
// for extract_share(). Previews are kept with `shards`, or not made.
struct ExtractMemory {
  Checkpoints* shards = nullptr;
  const KnownRows* known = nullptr;
};

struct ExtractCounts {
  std::size_t ok = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  std::size_t damaged = 0;      // of those that are ok: max_damage let them pass
  std::uint64_t bytes = 0;      // read
  std::size_t decoded = 0;      // photographs that were decoded now, rather than known
  std::size_t taken = 0;        // … that were known
  std::size_t shards = 0;       // that were finished now
  std::size_t shards_kept = 0;  // … and before
};

// What is extracted, and how; all of it outlives the call.
struct ExtractTask {
  const ImageRoots& roots;
  Manifest& manifest;
  const ExtractSetup& setup;
  const ExtractOptions& options;
};

// Sets the status of every row of the manifest and adds to its failures. Throws invalid_input when
// more than max_failures of the photographs fail, or none is left; interrupted.
ExtractCounts extract(const ExtractTask& task, const ExtractSinks& sinks,
                      const ExtractMemory& memory, Progress& progress, const std::stop_token& stop);

// One of several machines that share an extraction: it finishes the shards whose turn it is.
struct ShardShare {
  std::size_t index = 0;  // below count
  std::size_t count = 1;

  // Throws invalid_input that names "shard".
  void check() const;

  bool includes(std::size_t shard, std::size_t shards) const {
    return shard * count / shards == index;
  }
};
// Only what was done now is counted. Throws invalid_input for a share out of range, or without
// memory.shards.
ExtractCounts extract_share(const ExtractTask& task, const ShardShare& share,
                            const ExtractMemory& memory, Progress& progress,
                            const std::stop_token& stop);

// Which photographs of a manifest have a preview.
PreviewChoice preview_choice(const Manifest& manifest);

}  // namespace pomona
