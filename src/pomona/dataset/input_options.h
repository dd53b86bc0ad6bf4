// SPDX-License-Identifier: Apache-2.0
// Which photographs a verb looks at, as a user says it, and the stores they are read from. Any
// thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/dataset/scan.h"
#include "pomona/storage/store_opener.h"

namespace pomona {

struct InputOptions {
  std::vector<std::string> images;  // as parse_image_inputs() takes them
  std::vector<std::string> test;    // none: no test set of its own
  std::string classes;              // file of a ClassMap; "": folders are labels
  std::shared_ptr<const StoreOpener> stores = local_store_opener();
  SplitOptions split;
  bool include_hidden = false;  // as in ImageRoots

  // Throws invalid_input that names the field.
  void check() const;
};

// Throws invalid_input as check() does, when one place lies in another, or the class map is not as
// it should be.
ImageRoots open_roots(const InputOptions& input);
// What photographs of these inputs are called; `classes` as in InputOptions.
LabelRule open_label_rule(const std::vector<std::string>& images,
                          const std::vector<std::string>& test, const std::string& classes,
                          const StoreOpener& stores);

// As run.json names them under "inputs", and back; bytes that are not UTF-8 are written as in keys.
// Throws corrupt for JSON of another shape.
Json inputs_json(const InputOptions& input);
void read_inputs_json(const Json& inputs, InputOptions& input);

// Places as they are called once and for all, written as in inputs_json(); null for none.
Json resolved_places(const std::vector<std::string>& inputs);

}  // namespace pomona
