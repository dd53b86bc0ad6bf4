// SPDX-License-Identifier: Apache-2.0
// Studio pictures, label by label, as cut-outs that compose works with. What cannot be used is
// reported in the manifest.
#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/compose/cutout.h"
#include "pomona/compose/layer.h"
#include "pomona/dataset/manifest.h"
#include "pomona/dataset/photograph_source.h"
#include "pomona/dataset/scan.h"
#include "pomona/image/decode.h"
#include "pomona/image/image.h"
#include "pomona/image/resize.h"

namespace pomona {

// The studio images in one folder.
struct LabelFolder {
  std::string path;               // its key; "" for the root
  std::vector<std::size_t> rows;  // of the manifest, in an order that mixes them
};
// In byte order of their paths. Rows are those that can be read; a folder that has none is there,
// too.
std::vector<LabelFolder> label_folders(const Manifest& manifest);

// Reads and cuts out, on several threads; used by one.
class StudioFrames {
 public:
  // Roots and manifest outlive it. Frames are no larger than `side`. Sets status and failures of
  // the manifest.
  StudioFrames(const ImageRoots& roots, Manifest& manifest, const std::vector<LabelFolder>& folders,
               int side, const DecodeLimits& limits, std::size_t workers);
  ~StudioFrames();
  StudioFrames(const StudioFrames&) = delete;
  StudioFrames& operator=(const StudioFrames&) = delete;

  // The frames of a folder, as many as memory is set aside for, the same for any number of workers.
  // Folders come in their order, each once. Throws interrupted.
  std::vector<Layer> read(const LabelFolder& folder, const std::stop_token& stop);

 private:
  struct Worker;
  // None: the status of the row, and a failure where there is one, say why.
  struct Outcome {
    std::optional<Layer> frame;
    FileStatus status = FileStatus::kOk;
    std::optional<FileFailure> failure;
  };

  Outcome cut(std::size_t row, Worker& worker);

  Manifest& manifest_;
  int side_;
  DecodeOptions decode_options_;
  PhotographSource source_;
  std::vector<Worker> workers_;
};

}  // namespace pomona
