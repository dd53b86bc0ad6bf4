// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/backgrounds.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/base/random.h"
#include "pomona/dataset/files/file_content.h"
#include "pomona/dataset/files/hidden_names.h"
#include "pomona/dataset/photograph_source.h"
#include "pomona/dataset/scan.h"
#include "pomona/image/decode.h"
#include "pomona/image/resize.h"

namespace pomona {
namespace {

constexpr std::size_t kMostBackgroundBytes = 200ULL << 20U;
constexpr std::size_t kBackgroundsAtOnce = 16;

struct BackgroundReader {
  Decoder decoder;
  Resizer resizer;
  std::string bytes;
  Image decoded;
};

Manifest list_files(const ObjectStore& store, const std::stop_token& stop) {
  Manifest manifest;
  manifest.labels.emplace_back();
  store.list("", [&](const ObjectInfo& object) {
    throw_if_stopped(stop);
    if (is_hidden(object.key)) return;
    ManifestRow row;
    row.path = manifest.texts->keep(object.key);
    row.bytes = object.bytes;
    row.version = manifest.texts->keep(object.version);
    manifest.rows.push_back(row);
  });
  sort_rows(manifest);
  return manifest;
}

// Smaller where it has far more pixels than a part of it needs.
void shrink_background(const Image& photograph, int side, Resizer& resizer, Image& result) {
  const int shorter = std::min(photograph.width, photograph.height);
  if (shorter <= 2 * side) {
    result = photograph;
    return;
  }
  resizer.scale(photograph, 2 * side, shorter, ResizeFilter::kBicubic, result);
}

struct ReadBackground {
  std::optional<Image> photograph;
  std::optional<FileFailure> failure;
};

ReadBackground read_background(const Manifest& manifest, std::size_t row, PhotographSource& source,
                               int side, const DecodeLimits& limits, BackgroundReader& reader) {
  ReadBackground outcome;
  if (auto failure = source.read(row, reader.bytes)) {
    outcome.failure = std::move(failure);
  } else if (FileContent content = file_content(manifest.rows[row].path, reader.bytes);
             content.failure) {
    outcome.failure = decode_failure(manifest.rows[row], std::move(*content.failure));
  } else if (content.status == FileStatus::kOk) {
    const auto decoded = reader.decoder.decode(reader.bytes, {limits, 2 * side}, reader.decoded);
    if (decoded) {
      shrink_background(reader.decoded, side, reader.resizer, outcome.photograph.emplace());
    } else {
      outcome.failure = decode_failure(manifest.rows[row], decoded.error());
    }
  }
  if (outcome.failure) outcome.failure->stage = "background";
  return outcome;
}

}  // namespace

Backgrounds read_backgrounds(const std::string& place, const StoreOpener& stores, int side,
                             const DecodeLimits& limits, std::size_t workers,
                             const std::stop_token& stop) {
  const ImageRoots roots{stores.open(place), nullptr};
  const Manifest manifest = list_files(*roots.images, stop);
  ScratchVector<std::size_t> rows(manifest.rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = i;
  std::ranges::sort(rows, {}, [&](std::size_t row) {
    return std::pair(hash_text(manifest.rows[row].path, /*seed=*/0), row);
  });
  PhotographSource source(roots, manifest, rows);
  std::vector<BackgroundReader> readers(workers);
  Backgrounds found;
  std::size_t bytes = 0;
  for (std::size_t first = 0; first < rows.size() && bytes <= kMostBackgroundBytes;
       first += kBackgroundsAtOnce) {
    std::vector<ReadBackground> outcomes(std::min(kBackgroundsAtOnce, rows.size() - first));
    parallel_for(outcomes.size(), workers, [&](std::size_t i, std::size_t worker) {
      try {
        throw_if_stopped(stop);
        outcomes[i] =
            read_background(manifest, rows[first + i], source, side, limits, readers[worker]);
      } catch (...) {
        source.abort();  // at once: the other workers may wait for the row of this one
        throw;
      }
    });
    for (ReadBackground& outcome : outcomes) {
      if (outcome.failure) found.failures.push_back(std::move(*outcome.failure));
      if (!outcome.photograph) continue;
      bytes += outcome.photograph->pixels.size();
      found.photographs.push_back(std::move(*outcome.photograph));
    }
  }
  if (!found.photographs.empty()) return found;
  throw Error(ErrorKind::kInvalidInput,
              "backgrounds '" + place + "': expected photographs without fruit, found " +
                  std::to_string(rows.size()) +
                  " files and none that can be read as a photograph; name another "
                  "folder, or none");
}

}  // namespace pomona
