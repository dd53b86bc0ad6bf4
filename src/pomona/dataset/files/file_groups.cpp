// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/files/file_groups.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>

#include "pomona/base/number_text.h"
#include "pomona/dataset/files/file_content.h"

namespace pomona {
namespace {

constexpr std::size_t kMostExtensions = 8;
constexpr std::size_t kMostExamples = 3;

class Grouping {
 public:
  void add(FileStatus status, const std::string& reason, std::string_view path,
           const std::string& message) {
    Gathered& gathered = groups_[{status, reason}];
    FileGroup& group = gathered.group;
    group.status = status;
    group.reason = reason;
    ++group.count;
    ++gathered.extensions[extension_of(path)];
    if (group.examples.size() < kMostExamples) {
      group.examples.push_back({std::string(path), message});
    }
  }

  std::vector<FileGroup> finish() && {
    std::vector<FileGroup> groups;
    for (auto& [key, gathered] : groups_) {
      auto& extensions = gathered.group.extensions;
      extensions.assign(gathered.extensions.begin(), gathered.extensions.end());
      std::ranges::stable_sort(extensions, std::greater(),
                               [](const auto& one) { return one.second; });
      if (extensions.size() > kMostExtensions) extensions.resize(kMostExtensions);
      groups.push_back(std::move(gathered.group));
    }
    std::ranges::stable_sort(groups, [](const FileGroup& a, const FileGroup& b) {
      return std::pair(a.status, b.count) < std::pair(b.status, a.count);
    });
    return groups;
  }

 private:
  struct Gathered {
    FileGroup group;
    std::map<std::string, std::size_t> extensions;
  };
  std::map<std::pair<FileStatus, std::string>, Gathered> groups_;
};

std::string what_they_are(const FileGroup& group) {
  if (group.status == FileStatus::kFailed) return group.reason;
  switch (skip_reason_from_name(group.reason)) {
    case SkipReason::kNoImage: return "no image by content and name";
    case SkipReason::kHidden: return "with a hidden name";
    case SkipReason::kFileName: return "left out by file name";
    case SkipReason::kClass: return "left out by the class map";
  }
  return group.reason;
}

}  // namespace

std::vector<FileGroup> group_files(const Manifest& manifest) {
  Grouping groups;
  for (const FileFailure& failure : manifest.failures) {
    groups.add(FileStatus::kFailed, failure.kind, failure.path, failure.message);
  }
  for (const ManifestRow& row : manifest.rows) {
    if (row.status != FileStatus::kSkipped) continue;
    groups.add(FileStatus::kSkipped, std::string(skip_reason_name(row.skip_reason)), row.path, "");
  }
  return std::move(groups).finish();
}

std::string describe(const FileGroup& group) {
  std::string extensions;
  for (const auto& [extension, count] : group.extensions) {
    extensions += (extensions.empty() ? "" : ", ") + with_commas(count) + " " +
                  (extension.empty() ? "without extension" : extension);
  }
  std::string text =
      with_commas(group.count) + " " + what_they_are(group) + " (" + extensions + ")";
  if (group.examples.empty()) return text;
  const FileGroup::Example& first = group.examples.front();
  text += ", such as '" + first.path + "'";
  return first.message.empty() ? text : text + ": " + first.message;
}

Json file_groups_json(const std::vector<FileGroup>& groups) {
  Json list = Json::array();
  for (const FileGroup& group : groups) {
    Json extensions = Json::array();
    for (const auto& [extension, count] : group.extensions) {
      extensions.push_back({{"extension", extension}, {"count", count}});
    }
    Json examples = Json::array();
    for (const FileGroup::Example& one : group.examples) {
      Json example = {{"path", one.path}};
      if (!one.message.empty()) example["message"] = one.message;
      examples.push_back(std::move(example));
    }
    list.push_back({{"status", file_status_name(group.status)},
                    {"reason", group.reason},
                    {"count", group.count},
                    {"extensions", std::move(extensions)},
                    {"examples", std::move(examples)}});
  }
  return list;
}

std::vector<FileGroup> parse_file_groups(const Json& json, std::string_view where) {
  std::vector<FileGroup> groups;
  for (const Json& one : json) {
    FileGroup& group = groups.emplace_back();
    group.status = file_status_from_name(read_member<std::string>(one, "status", where));
    group.reason = read_member<std::string>(one, "reason", where);
    group.count = static_cast<std::size_t>(read_member<std::uint64_t>(one, "count", where));
    for (const Json& extension : member_of(one, "extensions", where)) {
      group.extensions.emplace_back(
          read_member<std::string>(extension, "extension", where),
          static_cast<std::size_t>(read_member<std::uint64_t>(extension, "count", where)));
    }
    for (const Json& example : member_of(one, "examples", where)) {
      group.examples.push_back(
          {read_member<std::string>(example, "path", where),
           example.contains("message") ? read_member<std::string>(example, "message", where) : ""});
    }
  }
  return groups;
}

}  // namespace pomona
