// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/near_misses.h"

#include <map>
#include <set>

#include "pomona/base/number_text.h"
#include "pomona/base/unicode.h"

namespace pomona {
namespace {

constexpr std::size_t kNamedMisses = 5;

}  // namespace

std::string near_miss_warning(const std::vector<std::string>& labels,
                              const std::vector<std::string>& known) {
  std::multimap<std::string, std::string> by_form;
  for (const std::string& label : known) by_form.emplace(to_folded(label), label);
  const std::set<std::string> all_known(known.begin(), known.end());
  std::string names;
  std::size_t count = 0;
  for (const std::string& label : labels) {
    const auto [first, last] = by_form.equal_range(to_folded(label));
    for (auto near = first; near != last; ++near) {
      // Of two that are both known, the later one is named.
      if (near->second == label || (all_known.contains(label) && near->second > label)) continue;
      if (++count <= kNamedMisses) {
        names += (names.empty() ? "'" : ", '") + label + "' from '" + near->second + "'";
      }
      break;
    }
  }
  if (count == 0) return "";
  if (count > kNamedMisses) names += " and more";
  return "classes: " + with_commas(count) + (count == 1 ? " label differs" : " labels differ") +
         " from another in case, blanks, hyphens or underscores alone: " + names +
         "; they count as different labels; rename folders that mean the same, or map them to one "
         "label";
}

}  // namespace pomona
