// SPDX-License-Identifier: Apache-2.0
// Where photographs come from, as a user names it: FOLDER, or SOURCE=FOLDER. Any thread.
#pragma once

#include <string>
#include <vector>

namespace pomona {

struct ImageInput {
  std::string source;  // "": photographs of one place that has no name
  std::string place;   // as StoreOpener::open() takes it
};

// The names that keys begin with; empty where inputs have none.
std::vector<std::string> source_names(const std::vector<ImageInput>& inputs);

// One input keeps what it is given; of several, those without a name are called like the last part
// of their place. A name has letters, digits, '.', '_' and '-'; write ./a=b for a folder that is
// called so. Throws invalid_input where two have the same name or there is none at all.
std::vector<ImageInput> parse_image_inputs(const std::vector<std::string>& inputs);

}  // namespace pomona
