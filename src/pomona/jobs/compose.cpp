// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/compose.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "pomona/base/bounds.h"
#include "pomona/base/error.h"
#include "pomona/base/execution.h"
#include "pomona/base/json.h"
#include "pomona/base/parallel.h"
#include "pomona/base/random.h"
#include "pomona/compose/backgrounds.h"
#include "pomona/compose/contact_sheet.h"
#include "pomona/compose/scene_synthesis.h"
#include "pomona/compose/studio_frames.h"
#include "pomona/dataset/files/failure_table.h"
#include "pomona/dataset/image_input.h"
#include "pomona/dataset/scan.h"
#include "pomona/image/jpeg_encode.h"
#include "pomona/output/output_folder.h"
#include "pomona/output/output_names.h"
#include "pomona/output/publish_results.h"
#include "pomona/storage/key.h"

namespace pomona {
namespace {

constexpr int kLeastQuality = 60;  // of JPEG, as cameras and messengers have it
constexpr int kMostQuality = 95;
constexpr int kSheetQuality = 85;

std::vector<std::string> places_of(const ComposeOptions& options) {
  std::vector<std::string> places = {options.backgrounds};
  for (const ImageInput& input : parse_image_inputs(options.input.images)) {
    places.push_back(input.place);
  }
  return places;
}

std::string picture_key(const std::string& folder, std::size_t index) {
  return std::string(kComposedFolder) + "/" + (folder.empty() ? "" : folder + "/") +
         composed_name(index);
}

// Of one picture, whatever else is made.
Random random_of(std::uint64_t seed, const std::string& folder, std::size_t index) {
  return Random(hash_text(folder + "/" + std::to_string(index), seed));
}

// Makes the pictures of one label folder after the other.
class Composer {
 public:
  Composer(const ComposeOptions& options, const std::vector<Image>& backgrounds, std::size_t labels,
           ObjectStore& staged, const Execution& execution)
      : options_(options),
        backgrounds_(backgrounds),
        staged_(staged),
        execution_(execution),
        sheet_(labels, options.count),
        workers_(execution.workers) {}

  void compose(std::size_t label, const std::string& folder, const std::vector<Layer>& frames) {
    parallel_for(options_.count, workers_.size(), [&](std::size_t index, std::size_t number) {
      throw_if_stopped(execution_.stop);
      Worker& worker = workers_[number];
      Random random = random_of(options_.seed, folder, index);
      worker.scenes.paint(frames, backgrounds_, options_.size, random, worker.picture);
      const auto qualities = static_cast<std::uint64_t>(kMostQuality - kLeastQuality + 1);
      const int quality = kLeastQuality + static_cast<int>(random.below(qualities));
      worker.encoder.encode(worker.picture, quality, worker.bytes);
      staged_.write(picture_key(folder, index), worker.bytes);
      sheet_.put(label, index, worker.picture, worker.resizer);
      execution_.progress.advance(1);
    });
  }
  void write_sheet() {
    Worker& worker = workers_.front();
    worker.encoder.encode(sheet_.image(), kSheetQuality, worker.bytes);
    staged_.write("contact_sheet.jpg", worker.bytes);
  }

 private:
  struct Worker {
    SceneSynthesis scenes;
    JpegEncoder encoder;
    Resizer resizer;
    Image picture;
    std::string bytes;
  };

  const ComposeOptions& options_;
  const std::vector<Image>& backgrounds_;
  ObjectStore& staged_;
  const Execution& execution_;
  ContactSheet sheet_;
  std::vector<Worker> workers_;
};

void warn_of_nothing(const std::string& folder, std::size_t files, Progress& progress) {
  progress.warn("no picture in '" + folder + "' can be used: " + std::to_string(files) +
                " files, none of fruit on white ground; nothing is composed for it, and "
                "failures.csv says why");
}

[[noreturn]] void refuse_all(const ComposeOptions& options, const Manifest& manifest) {
  std::string found = "found none among " + std::to_string(manifest.rows.size()) + " files";
  if (!manifest.failures.empty()) {
    const FileFailure& first = manifest.failures.front();
    found += " (the first, '" + first.path + "': " + first.message + ")";
  }
  throw Error(ErrorKind::kInvalidInput,
              "composing pictures of '" + options.input.images.front() +
                  "': expected pictures of fruit on white ground, LABEL/PICTURE below it; " +
                  found + "; name a folder of studio images");
}

std::size_t count_status(const Manifest& manifest, FileStatus status) {
  return static_cast<std::size_t>(std::ranges::count(manifest.rows, status, &ManifestRow::status));
}

std::size_t pictures_of(const std::vector<ComposedFolder>& folders) {
  std::size_t pictures = 0;
  for (const ComposedFolder& one : folders) pictures += one.pictures;
  return pictures;
}

Json folders_json(const std::vector<ComposedFolder>& folders) {
  Json list = Json::array();
  for (const ComposedFolder& one : folders) {
    list.push_back({{"folder", one.folder}, {"frames", one.frames}, {"pictures", one.pictures}});
  }
  return list;
}

// By label folder.
std::vector<ComposedFolder> compose_all(const ComposeOptions& options, const ImageRoots& roots,
                                        Manifest& manifest, const std::vector<Image>& backgrounds,
                                        ObjectStore& staged, const Execution& execution) {
  Progress& progress = execution.progress;
  const std::vector<LabelFolder> folders = label_folders(manifest);
  progress.begin("compose", folders.size() * options.count);
  Composer composer(options, backgrounds, folders.size(), staged, execution);
  StudioFrames studio(roots, manifest, folders, options.size, options.limits, execution.workers);
  std::vector<ComposedFolder> made;
  for (std::size_t i = 0; i < folders.size(); ++i) {
    const LabelFolder& folder = folders[i];
    const std::vector<Layer> frames = studio.read(folder, execution.stop);
    if (frames.empty()) {
      warn_of_nothing(folder.path, folder.rows.size(), progress);
      progress.advance(options.count);
    } else {
      composer.compose(i, folder.path, frames);
    }
    made.push_back({folder.path, frames.size(), frames.empty() ? 0 : options.count});
  }
  sort_failures(manifest.failures);
  if (pictures_of(made) == 0) refuse_all(options, manifest);
  composer.write_sheet();
  return made;
}

Json compose_inputs(const ComposeOptions& options) {
  Json inputs = inputs_json(options.input);
  inputs["backgrounds"] =
      options.backgrounds.empty() ? Json(nullptr) : Json(key_from_name(options.backgrounds));
  return inputs;
}

Json compose_options(const ComposeOptions& options) {
  return {{"include_hidden", options.input.include_hidden},
          {"count", options.count},
          {"size", options.size},
          {"seed", options.seed},
          {"workers", workers_or_all(options.workers)}};
}

}  // namespace

void ComposeOptions::check() const {
  input.check();
  output.check();
  check_range("count", count, 1, kMostComposedPictures);
  check_range("size", size, kLeastSide, kMostSide);
  check_range("workers", workers, 0, kMostWorkers);
  limits.check();
}

ComposeResult compose(const ComposeOptions& options, Progress& progress,
                      const std::stop_token& stop) {
  options.check();
  Timeline timeline;
  RunRecord record = start_record("compose", options.output);
  OutputFolder out(options.output.out, *options.input.stores, places_of(options));
  out.begin_anew(options.output.force);
  return at_work(out, [&] {
    const std::size_t workers = workers_or_all(options.workers);
    timeline.begin("prepare");
    const ImageRoots roots = open_roots(options.input);
    SplitOptions no_split;
    no_split.holdout = 0;
    Manifest manifest = scan(roots, no_split, progress, stop).manifest;
    Backgrounds backgrounds;
    if (!options.backgrounds.empty()) {
      backgrounds = read_backgrounds(options.backgrounds, *options.input.stores, options.size,
                                     options.limits, workers, stop);
    }
    timeline.begin("compose");
    ComposeResult result;
    result.folders = compose_all(options, roots, manifest, backgrounds.photographs, out.staged(),
                                 {progress, stop, workers});
    timeline.end();
    std::vector<FileFailure> failures = manifest.failures;
    failures.insert(failures.end(), backgrounds.failures.begin(), backgrounds.failures.end());
    write_failures(failures, out.staged());
    record.inputs = compose_inputs(options);
    record.options = compose_options(options);
    result.ok = count_status(manifest, FileStatus::kOk);
    result.failed = count_status(manifest, FileStatus::kFailed);
    result.skipped = count_status(manifest, FileStatus::kSkipped);
    result.pictures = pictures_of(result.folders);
    result.pictures_per_second =
        static_cast<double>(result.pictures) / std::max(timeline.stages().back().seconds, 1e-9);
    result.workers = workers;
    result.seconds = timeline.seconds();
    Json json = record_json(record, timeline);
    json["counts"] = {{"found", manifest.rows.size()},
                      {"ok", result.ok},
                      {"failed", result.failed},
                      {"skipped", result.skipped},
                      {"backgrounds", backgrounds.photographs.size()},
                      {"backgrounds_failed", backgrounds.failures.size()},
                      {"pictures", result.pictures}};
    result.not_used = group_files(manifest);
    json["not_used"] = file_groups_json(result.not_used);
    json["labels"] = folders_json(result.folders);
    json["pictures_per_second"] = result.pictures_per_second;
    publish_results(json, {}, {}, out, workers, stop);
    result.record = print_json(json);
    return result;
  });
}

}  // namespace pomona
