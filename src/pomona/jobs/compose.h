// SPDX-License-Identifier: Apache-2.0
// compose: studio images → scenes that resemble photographs in the wild, as a source of
// photographs like any other: one folder for each label. Each picture depends on the pictures of
// its label, the options and the seed alone, whatever the number of workers. Each call is for one
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/base/progress.h"
#include "pomona/dataset/files/file_groups.h"
#include "pomona/dataset/input_options.h"
#include "pomona/image/decode_limits.h"
#include "pomona/jobs/run_record.h"

namespace pomona {

inline constexpr std::size_t kMostComposedPictures = 99'999;  // a name has five digits

struct ComposeOptions {
  InputOptions input;  // images and stores alone
  OutputOptions output;
  std::string
      backgrounds;         // photographs without fruit, as StoreOpener::open() takes them; "": none
  std::size_t count = 40;  // pictures of each label folder
  int size = 320;          // their side, in pixels
  std::uint64_t seed = 0;
  std::size_t workers = 0;  // 0: one a usable core
  DecodeLimits limits;

  // Throws invalid_input that names the field.
  void check() const;
};

struct ComposedFolder {
  std::string folder;        // as LabelFolder::path
  std::size_t frames = 0;    // studio images that it was made of
  std::size_t pictures = 0;  // made
};
struct ComposeResult {
  std::string record;  // the text of run.json
  std::vector<ComposedFolder> folders;
  std::size_t ok = 0;  // studio images
  std::size_t failed = 0;
  std::size_t skipped = 0;
  std::vector<FileGroup> not_used;  // studio images that failed or were skipped
  std::size_t pictures = 0;         // made
  double pictures_per_second = 0;
  std::size_t workers = 0;
  double seconds = 0;  // of the whole verb
};

// Throws invalid_input where no picture shows fruit on white ground; a label of
// which none does is named in a warning.
ComposeResult compose(const ComposeOptions& options, Progress& progress,
                      const std::stop_token& stop);

}  // namespace pomona
