// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/holdout.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "pomona/base/bounds.h"
#include "pomona/base/error.h"
#include "pomona/base/number_text.h"
#include "pomona/base/random.h"
#include "pomona/storage/key.h"

namespace pomona {
namespace {

struct OfferedGroup {
  std::uint64_t order = 0;
  std::vector<std::size_t> rows;
};

// Groups of one label, in the order in which they are offered to the test side.
std::vector<OfferedGroup> shuffled_groups(const std::vector<std::size_t>& rows,
                                          const Groups& groups, std::uint64_t seed) {
  std::map<std::int32_t, OfferedGroup> by_number;
  for (const std::size_t row : rows) by_number[groups.of_row[row]].rows.push_back(row);
  std::vector<OfferedGroup> result;
  result.reserve(by_number.size());
  for (auto& [number, group] : by_number) {
    group.order = Random(groups.key[static_cast<std::size_t>(number)] + seed).next();
    result.push_back(std::move(group));
  }
  std::ranges::stable_sort(result, {}, &OfferedGroup::order);
  return result;
}

// Without those that have none, and those of mixed groups.
std::vector<std::vector<std::size_t>> rows_by_label(const Manifest& manifest,
                                                    const std::vector<std::size_t>& candidates,
                                                    const Groups& groups) {
  std::vector<std::vector<std::size_t>> by_label(manifest.labels.size());
  for (const std::size_t row : candidates) {
    if (!groups.mixed.empty() && groups.mixed[static_cast<std::size_t>(groups.of_row[row])] != 0) {
      continue;
    }
    if (!manifest.label(manifest.rows[row]).empty())
      by_label[manifest.rows[row].label].push_back(row);
  }
  return by_label;
}

std::string group_name(const ManifestRow& row, const std::regex& regex, bool& matched) {
  const std::string_view name = file_name(row.path);
  // Not by label: what a class map calls alike was still photographed folder by folder.
  std::string key(parent_name(row.path));
  std::cmatch match;
  if (std::regex_search(name.data(), name.data() + name.size(), match, regex)) {
    matched = true;
    for (std::size_t k = match.size() > 1 ? 1 : 0; k < match.size(); ++k) {
      key += '\0';
      key += match[k].str();
    }
  }
  return key;
}

}  // namespace

std::regex parse_pattern(const std::string& field, const std::string& pattern) {
  if (pattern.size() > kMostPatternBytes) {
    refuse_option(field,
                  "a pattern of at most " + std::to_string(kMostPatternBytes) + " characters",
                  std::to_string(pattern.size()));
  }
  try {
    return std::regex(pattern, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error& error) {
    throw Error(ErrorKind::kInvalidInput,
                field + " '" + pattern + "': not a regular expression: " + error.what());
  }
}

Groups find_groups(const Manifest& manifest, const std::string& pattern) {
  Groups groups;
  groups.given = !pattern.empty();
  groups.of_row.resize(manifest.rows.size());
  if (!groups.given) {
    groups.key.reserve(groups.of_row.size());
    for (std::size_t i = 0; i < groups.of_row.size(); ++i) {
      groups.of_row[i] = static_cast<std::int32_t>(i);
      groups.key.push_back(hash_text(manifest.rows[i].path, 0));
    }
    return groups;
  }
  const std::regex regex = parse_pattern("group", pattern);
  std::unordered_map<std::string, std::int32_t> numbers;
  bool matched = manifest.rows.empty();
  for (std::size_t i = 0; i < groups.of_row.size(); ++i) {
    const std::string name = group_name(manifest.rows[i], regex, matched);
    const auto [found, is_new] =
        numbers.try_emplace(name, static_cast<std::int32_t>(numbers.size()));
    if (is_new) groups.key.push_back(hash_text(name, 0));
    groups.of_row[i] = found->second;
  }
  if (!matched) {
    throw Error(ErrorKind::kInvalidInput,
                "group '" + pattern + "': the pattern fits no file name; check it");
  }
  return groups;
}

bool keeps_groups_whole(const Manifest& manifest, const Groups& groups) {
  std::vector<bool> in_test(groups.key.size());
  for (std::size_t i = 0; i < groups.of_row.size(); ++i) {
    if (manifest.rows[i].split == Split::kTest)
      in_test[static_cast<std::size_t>(groups.of_row[i])] = true;
  }
  for (std::size_t i = 0; i < groups.of_row.size(); ++i) {
    if (manifest.rows[i].split == Split::kTrain &&
        in_test[static_cast<std::size_t>(groups.of_row[i])])
      return false;
  }
  return true;
}

std::vector<std::vector<std::size_t>> choose_folds(const Manifest& manifest,
                                                   const std::vector<std::size_t>& candidates,
                                                   const Groups& groups, std::size_t count,
                                                   std::uint64_t seed) {
  std::vector<std::vector<std::size_t>> folds(count);
  for (const std::vector<std::size_t>& rows : rows_by_label(manifest, candidates, groups)) {
    std::vector<OfferedGroup> offered = shuffled_groups(rows, groups, seed);
    if (offered.size() < 2) continue;
    std::ranges::stable_sort(offered, std::greater(),
                             [](const OfferedGroup& group) { return group.rows.size(); });
    std::vector<std::size_t> of_label(count);
    for (const OfferedGroup& group : offered) {
      std::size_t emptiest = 0;
      for (std::size_t k = 1; k < count; ++k) {
        if (std::pair(of_label[k], folds[k].size()) <
            std::pair(of_label[emptiest], folds[emptiest].size()))
          emptiest = k;
      }
      folds[emptiest].insert(folds[emptiest].end(), group.rows.begin(), group.rows.end());
      of_label[emptiest] += group.rows.size();
    }
  }
  for (std::vector<std::size_t>& fold : folds) std::ranges::sort(fold);
  return folds;
}

std::vector<std::size_t> choose_holdout(const Manifest& manifest,
                                        const std::vector<std::size_t>& candidates,
                                        const Groups& groups, double share, std::uint64_t seed) {
  std::vector<std::size_t> chosen;
  // Groups are lumps, and a single photograph is one: what a label gave too much or too little the
  // next ones make up for. Without that, the share of every label of few photographs would round
  // to nothing, or to far more. No label makes up for more than half a lump, so that labels which
  // can give nothing do not empty the next one that can.
  double carried = 0;
  std::size_t largest_group = 0;
  for (const std::vector<std::size_t>& rows : rows_by_label(manifest, candidates, groups)) {
    if (rows.empty()) continue;
    const double wanted = share * static_cast<double>(rows.size()) + carried;
    const std::vector<OfferedGroup> offered = shuffled_groups(rows, groups, seed);
    double taken = 0;
    for (const OfferedGroup& group : offered) {
      largest_group = std::max(largest_group, group.rows.size());
    }
    for (std::size_t i = 0; i + 1 < offered.size(); ++i) {
      const auto size = static_cast<double>(offered[i].rows.size());
      if (std::abs(wanted - taken - size) > std::abs(wanted - taken)) continue;
      chosen.insert(chosen.end(), offered[i].rows.begin(), offered[i].rows.end());
      taken += size;
    }
    const double most = static_cast<double>(largest_group) / 2;
    carried = std::clamp(wanted - taken, -most, most);
  }
  std::ranges::sort(chosen);
  return chosen;
}

std::string why_none_held_out(const Manifest& manifest, const Groups& groups, double share) {
  std::vector<std::int32_t> group_of_label(manifest.labels.size(), -1);
  std::size_t photographs = 0;
  bool some_label_has_two = false;
  for (std::size_t i = 0; i < manifest.rows.size(); ++i) {
    const ManifestRow& row = manifest.rows[i];
    if (row.status != FileStatus::kOk || manifest.label(row).empty()) continue;
    ++photographs;
    const std::int32_t group = groups.of_row[i];
    const std::int32_t before = std::exchange(group_of_label[row.label], group);
    some_label_has_two = some_label_has_two || (before >= 0 && before != group);
  }
  if (some_label_has_two) {
    return "holdout, folds: a share of " + shown_number(share) + " of " +
           std::to_string(photographs) + " photographs rounds to " +
           (groups.given ? "no group" : "none") +
           ", so no photograph is kept for a test; set holdout to a larger share, such as 0.5, or "
           "folds to 5 for a cross-validation";
  }
  if (groups.given) {
    return "group: the pattern leaves no label with two groups, so no photograph is kept for a "
           "test; let the pattern capture what distinguishes groups";
  }
  return "holdout: every label has a single photograph, which is needed to learn it, so no "
         "photograph is kept for a test; give labels at least two photographs, or a test set";
}

}  // namespace pomona
