// SPDX-License-Identifier: Apache-2.0
// What an extraction has to do: on which listing, with which settings. Begun anew, or gone on with
// where an earlier run, or another machine, has begun the same. Each call is for the thread that
// runs the verb.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "pomona/base/json.h"
#include "pomona/base/progress.h"
#include "pomona/dataset/input_options.h"
#include "pomona/dataset/scan.h"
#include "pomona/extract/extract.h"
#include "pomona/jobs/job_context.h"

namespace pomona {

// What is used of what was made before.
struct EarlierOptions {
  std::string from;      // an earlier output whose rows are taken where nothing changed; "": none
  bool by_hash = false;  // … by the content of files, rather than by time or ETag
  bool retry_failures = false;  // read again what could not be read

  // Throws invalid_input that names the field.
  void check() const;
};

// What an extraction is asked for; the options outlive it.
struct ExtractRequest {
  const InputOptions& input;
  const ExtractOptions& options;
  const EarlierOptions& earlier;
  bool force = false;  // begin anew, replacing what is there
};

struct WorkDone {
  std::size_t shards = 0;
  std::size_t decoded = 0;  // photographs
  std::size_t taken = 0;    // … whose features were known
};

struct ExtractionWork {
  ExtractSetup setup;
  ImageRoots roots;
  SplitKind split_kind = SplitKind::kNone;
  Manifest manifest;        // the listing
  std::string fingerprint;  // of listing, settings and feature_recipe()
  bool resumed = false;
  std::string from;  // as in EarlierOptions, or the output itself
  WorkDone done;     // of it, by this process already
};

// `fingerprint` of run.json: of an extraction, and of what the verb makes of its features.
// `following`: a digest of that.
std::string result_fingerprint(const std::string& extraction, const std::string& following);

// The output folder is ready to be worked in afterwards. None when it is complete and holds what
// this work and what follows it would give; `following` as in result_fingerprint(). Throws
// invalid_input, with what differs, when it holds other results or other unfinished work.
std::optional<ExtractionWork> begin_extraction(const ExtractRequest& request,
                                               const std::string& following,
                                               const JobContext& context);

}  // namespace pomona
