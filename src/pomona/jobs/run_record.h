// SPDX-License-Identifier: Apache-2.0
// run.json: what was done, on what, how long it took. Paths and patterns are bytes as users give
// them; those that are not UTF-8 are written as in keys, see storage/key.h. Any thread.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/dataset/input_options.h"
#include "pomona/dataset/scan.h"
#include "pomona/evaluation/timeline.h"
#include "pomona/extract/extract.h"
#include "pomona/training/reduce.h"
#include "pomona/training/train.h"

namespace pomona {

Json options_json(const DecodeLimits& limits);
Json options_json(const ExtractOptions& options, const ExtractSetup& setup);
Json options_json(const SplitOptions& options);
// Those of the split, and which files are taken; places are inputs_json().
Json options_json(const InputOptions& options);
// As given; `n_components`: how many there came to be, where that is known.
Json options_json(const ReduceOptions& options, std::optional<std::size_t> n_components = {});
Json options_json(const TrainOptions& options);
// One object with the members of all of them.
Json merged(std::initializer_list<Json> objects);

struct OutputOptions {
  std::string out;
  bool force = false;
  std::vector<std::string> command;  // as given, for run.json

  // Throws invalid_input that names the field.
  void check() const;
};

// What every verb that writes an output folder records.
struct RunRecord {
  std::string verb;
  std::vector<std::string> command;  // written as in keys
  std::string started;               // utc_now()
  Json inputs;                       // by name
  Json options;                      // resolved
  std::string fingerprint = {};      // of photographs, settings and options; "": not of photographs
};
// Seconds of each stage.
Json timeline_json(const Timeline& timeline);
RunRecord start_record(const std::string& verb, const OutputOptions& output);
Json record_json(const RunRecord& record, const Timeline& timeline);

}  // namespace pomona
