// SPDX-License-Identifier: Apache-2.0
// Where in the world data may lie. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pomona {

// "eu-west-3": lower-case letters, digits and hyphens.
bool is_region_name(std::string_view name);

// Regions between commas; "eu" stands for those whose data centres lie in the European Union (not
// eu-west-2, London, nor eu-central-2, Zurich). Throws invalid_input for what is no region's name.
std::vector<std::string> parse_regions(std::string_view text);

// Throws invalid_input unless `region`, where the bucket of `place` lies, is among `allowed`, or
// nothing is said to be allowed. "" is a region that the service does not name.
void check_region(const std::string& place, const std::string& region,
                  const std::vector<std::string>& allowed);

}  // namespace pomona
