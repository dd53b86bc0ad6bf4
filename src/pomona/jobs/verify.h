// SPDX-License-Identifier: Apache-2.0
// verify: reads every file of an output folder again and compares it with the others and with a
// fresh listing of the photographs. Each call is for one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/base/progress.h"
#include "pomona/storage/store_opener.h"

namespace pomona {

struct VerifyOptions {
  std::string out;
  // Where the photographs are now, as parse_image_inputs() takes it; none: where run.json says they
  // were. Not listed when they are gone and `skip_listing` is set.
  std::vector<std::string> images;
  std::vector<std::string> test;
  bool skip_listing = false;
  std::string models;  // where backbones are installed, for a bundle without its own
  std::shared_ptr<const StoreOpener> stores = local_store_opener();

  // Throws invalid_input that names the field.
  void check() const;
};

struct VerifyReport {
  std::vector<std::string> passed;    // sentences: what was compared with what, with counts
  std::vector<std::string> problems;  // sentences: what was expected and found, where
  bool ok() const { return problems.empty(); }
};

// Throws not_found when there is no output; a problem in the output is no exception but a line of
// the report.
VerifyReport verify(const VerifyOptions& options, Progress& progress, const std::stop_token& stop);

}  // namespace pomona
