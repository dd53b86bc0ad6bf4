// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/studio_frames.h"

#include <algorithm>
#include <map>
#include <utility>

#include "pomona/base/parallel.h"
#include "pomona/base/random.h"
#include "pomona/dataset/files/file_content.h"

namespace pomona {
namespace {

// Of frames of one label: some thousands of Fruits-360, 256 of 320 × 320 pixels.
constexpr std::size_t kMostFrameBytes = 100ULL << 20U;
// Cut out at once, so that little more than the above is ever held.
constexpr std::size_t kFramesAtOnce = 64;

std::string_view folder_of(std::string_view key) {
  const std::size_t slash = key.rfind('/');
  return slash == std::string_view::npos ? "" : key.substr(0, slash);
}

ScratchVector<std::size_t> rows_in_order(const std::vector<LabelFolder>& folders) {
  ScratchVector<std::size_t> rows;
  for (const LabelFolder& folder : folders) {
    rows.insert(rows.end(), folder.rows.begin(), folder.rows.end());
  }
  return rows;
}

}  // namespace

std::vector<LabelFolder> label_folders(const Manifest& manifest) {
  std::map<std::string, LabelFolder> by_path;
  for (std::size_t row = 0; row < manifest.rows.size(); ++row) {
    const std::string path(folder_of(manifest.rows[row].path));
    LabelFolder& folder = by_path[path];
    folder.path = path;
    if (manifest.rows[row].status == FileStatus::kOk) folder.rows.push_back(row);
  }
  std::vector<LabelFolder> folders;
  for (auto& [path, folder] : by_path) {
    std::ranges::sort(folder.rows, {}, [&](std::size_t row) {
      return std::pair(hash_text(manifest.rows[row].path, /*seed=*/0), row);
    });
    folders.push_back(std::move(folder));
  }
  return folders;
}

struct StudioFrames::Worker {
  Decoder decoder;
  Resizer resizer;
  Cutter cutter;
  std::string bytes;
  Image decoded;
  Image shrunk;
};

StudioFrames::StudioFrames(const ImageRoots& roots, Manifest& manifest,
                           const std::vector<LabelFolder>& folders, int side,
                           const DecodeLimits& limits, std::size_t workers)
    : manifest_(manifest),
      side_(side),
      decode_options_{limits, side},
      source_(roots, manifest, rows_in_order(folders)),
      workers_(workers) {}

StudioFrames::~StudioFrames() = default;

StudioFrames::Outcome StudioFrames::cut(std::size_t row, Worker& worker) {
  Outcome outcome;
  const auto fail = [&](const char* stage, std::string_view kind, std::string message) {
    outcome.status = FileStatus::kFailed;
    outcome.failure = FileFailure{manifest_.rows[row].split, std::string(manifest_.rows[row].path),
                                  stage, std::string(kind), std::move(message)};
  };
  if (auto failure = source_.read(row, worker.bytes)) {
    outcome.status = FileStatus::kFailed;
    outcome.failure = std::move(failure);
    return outcome;
  }
  FileContent content = file_content(manifest_.rows[row].path, worker.bytes);
  if (content.status != FileStatus::kOk) {
    outcome.status = content.status;
    if (content.failure) {
      outcome.failure = decode_failure(manifest_.rows[row], std::move(*content.failure));
    }
    return outcome;
  }
  const auto decoded = worker.decoder.decode(worker.bytes, decode_options_, worker.decoded);
  if (!decoded) {
    fail("decode", decode_failure_name(decoded.error().kind), decoded.error().message);
    return outcome;
  }
  const Image* studio = &worker.decoded;
  if (const int longer = std::max(studio->width, studio->height); longer > side_) {
    worker.resizer.scale(worker.decoded, side_, longer, ResizeFilter::kBicubic, worker.shrunk);
    studio = &worker.shrunk;
  }
  Layer frame;
  if (const auto cut = worker.cutter.cut(*studio, frame); !cut) {
    fail("cut", cutout_failure_name(cut.error().kind), cut.error().message);
    return outcome;
  }
  outcome.frame = std::move(frame);
  return outcome;
}

std::vector<Layer> StudioFrames::read(const LabelFolder& folder, const std::stop_token& stop) {
  std::vector<Layer> frames;
  std::size_t bytes = 0;
  std::vector<Outcome> outcomes;
  for (std::size_t first = 0; first < folder.rows.size(); first += kFramesAtOnce) {
    const std::size_t count = std::min(kFramesAtOnce, folder.rows.size() - first);
    outcomes.clear();
    outcomes.resize(count);
    parallel_for(count, workers_.size(), [&](std::size_t i, std::size_t worker) {
      try {
        throw_if_stopped(stop);
        outcomes[i] = cut(folder.rows[first + i], workers_[worker]);
      } catch (...) {
        source_.abort();  // at once: the other workers may wait for the row of this one
        throw;
      }
    });
    for (std::size_t i = 0; i < count; ++i) {
      Outcome& outcome = outcomes[i];
      manifest_.rows[folder.rows[first + i]].status = outcome.status;
      if (outcome.failure) manifest_.failures.push_back(std::move(*outcome.failure));
      if (!outcome.frame || bytes > kMostFrameBytes) continue;
      bytes += outcome.frame->pixels.size();
      frames.push_back(std::move(*outcome.frame));
    }
  }
  return frames;
}

}  // namespace pomona
