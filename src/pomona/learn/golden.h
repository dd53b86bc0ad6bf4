// SPDX-License-Identifier: Apache-2.0
// For tests: what tools/golden_learn.py wrote. Any thread.
#pragma once

#include <fstream>
#include <sstream>
#include <string>

#include "pomona/base/json.h"

namespace pomona {

inline Json golden_learn(const std::string& name) {
  std::ifstream file(std::string(POMONA_GOLDEN) + "/learn/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return parse_json(text.str(), name);
}

}  // namespace pomona
