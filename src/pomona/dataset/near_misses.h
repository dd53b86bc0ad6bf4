// SPDX-License-Identifier: Apache-2.0
// Labels that a reader would take for the same, and a comparison does not. Any thread.
#pragma once

#include <string>
#include <vector>

namespace pomona {

// A warning that names labels which differ from one of `known` in case, blanks, hyphens and
// underscores alone; "" where there is none. `known` may be the labels themselves.
std::string near_miss_warning(const std::vector<std::string>& labels,
                              const std::vector<std::string>& known);

}  // namespace pomona
