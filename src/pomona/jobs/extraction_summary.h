// SPDX-License-Identifier: Apache-2.0
// What run.json records of an extraction, as far as a front prints it. Any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/evaluation/timeline.h"
#include "pomona/jobs/extract_tables.h"

namespace pomona {

struct ExtractionSummary {
  std::size_t found = 0;  // files
  std::size_t ok = 0;     // … that are photographs with features
  std::size_t failed = 0;
  std::size_t skipped = 0;
  std::size_t damaged = 0;  // of those that are ok: a share of each is lost
  std::size_t train = 0;
  std::size_t test = 0;
  std::size_t classes = 0;  // labels other than ""
  std::size_t decoded = 0;  // photographs, by this run
  std::string backbone;     // its name
  int size = 0;             // side of the network's input, in pixels
  std::string precision;
  std::vector<std::string> crops;
  std::size_t workers = 0;
  std::optional<double> images_per_second;  // none: some rows were known from earlier work
  double seconds = 0;                       // of the whole verb
  std::vector<FileGroup> not_used;          // files that failed or were skipped
};

ExtractionSummary summary_of(const Extraction& extraction, const Timeline& timeline);
// Of the text of run.json. Throws corrupt for JSON of another shape.
ExtractionSummary parse_extraction_summary(std::string_view text, std::string_view where);

// Adds to run.json what extraction knows: backbone, precision, batch, workers, counts, labels,
// rate.
void add_extraction(const Extraction& extraction, const ExtractionSummary& summary, Json& record);

}  // namespace pomona
