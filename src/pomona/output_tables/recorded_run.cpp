// SPDX-License-Identifier: Apache-2.0
#include "pomona/output_tables/recorded_run.h"

#include <cstdint>

#include "pomona/base/json.h"
#include "pomona/dataset/input_options.h"
#include "pomona/output/earlier_results.h"
#include "pomona/storage/key.h"

namespace pomona {
namespace {

constexpr std::string_view kWhere = "run.json beside the features";

template <class T>
T read(const Json& object, std::string_view name) {
  return read_member<T>(object, name, kWhere);
}

SplitOptions parse_split(const Json& options) {
  SplitOptions split;
  split.holdout = read<double>(options, "holdout");
  split.train_files = name_from_key(read<std::string>(options, "train_files"));
  split.test_files = name_from_key(read<std::string>(options, "test_files"));
  split.group = name_from_key(read<std::string>(options, "group"));
  split.seed = read<std::uint64_t>(options, "seed");
  return split;
}

RecordedExtraction parse_extraction(const Json& record) {
  const Json& backbone = member_of(record, "backbone", kWhere);
  RecordedExtraction extraction;
  extraction.backbone = read<std::string>(backbone, "name");
  extraction.backbone_digest = read<std::string>(backbone, "digest");
  if (backbone.contains("input")) extraction.input = read<std::string>(backbone, "input");
  extraction.size = read<int>(backbone, "size");
  extraction.batch = read<int>(record, "batch");
  extraction.precision =
      parse_member<std::string>(record, "precision", kWhere, precision_from_name);
  extraction.fit = parse_member<std::string>(record, "fit", kWhere, fit_from_name);
  extraction.split = parse_split(member_of(record, "options", kWhere));
  return extraction;
}

}  // namespace

RecordedRun parse_recorded_run(std::string_view text) {
  const Json record = parse_run_record(text, kWhere);
  const Json& inputs = member_of(record, "inputs", kWhere);
  RecordedRun run;
  if (record.contains("backbone")) run.extraction = parse_extraction(record);
  if (run.extraction || inputs.contains("images")) {
    InputOptions input;
    read_inputs_json(inputs, input);
    run.images = std::move(input.images);
    run.test = std::move(input.test);
  }
  if (inputs.contains("classes")) run.classes = name_from_key(read<std::string>(inputs, "classes"));
  if (record.contains("crops")) {
    run.crops = parse_member<std::vector<std::string>>(record, "crops", kWhere, crops_from_names);
  }
  return run;
}

}  // namespace pomona
