// SPDX-License-Identifier: Apache-2.0
#include "pomona/output/earlier_results.h"

#include <optional>
#include <string>

#include "pomona/base/error.h"
#include "pomona/base/json.h"
#include "pomona/output/output_digests.h"
#include "pomona/output/output_names.h"
#include "pomona/storage/key.h"

namespace pomona {
namespace {

constexpr std::uint64_t kMaxRecordBytes = 64ULL << 20U;

bool is_our_record(const Json& record) {
  const auto is = [&](const char* name, auto type) {
    const auto found = record.find(name);
    return found != record.end() && ((*found).*type)();
  };
  return record.is_object() && is("format", &Json::is_number_integer) &&
         is("pomona", &Json::is_string) && is("verb", &Json::is_string);
}

bool is_part_name(std::string_view name) {
  return name.starts_with("part-") && name.ends_with(".parquet");
}

// None: nothing says which files the earlier run wrote.
std::optional<Digests> find_digests(const ObjectStore& root) {
  try {
    return read_digests(root);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kNotFound && error.kind() != ErrorKind::kCorrupt) throw;
    return std::nullopt;
  }
}

}  // namespace

Json parse_run_record(std::string_view text, std::string_view where) {
  Json record = parse_json(text, where);
  if (!record.is_object()) {
    throw Error(ErrorKind::kCorrupt, "reading " + std::string(where) +
                                         ": expected an object, found " + record.type_name());
  }
  const Json format = record.value("format", Json(kRunFormat));
  if (format == kRunFormat) return record;
  throw Error(ErrorKind::kInvalidInput, "reading " + std::string(where) + ": expected format " +
                                            std::to_string(kRunFormat) + ", found " +
                                            format.dump() +
                                            ": made by another version of Pomona; make these "
                                            "results again, with force in the same folder");
}

bool has_our_record(const ObjectStore& root) {
  try {
    std::string text;
    root.read(kRunRecord, kMaxRecordBytes, text, /*version=*/"");
    return is_our_record(parse_json(text, kRunRecord));
  } catch (const Error& error) {
    const bool is_another = error.kind() == ErrorKind::kNotFound ||
                            error.kind() == ErrorKind::kCorrupt ||
                            error.kind() == ErrorKind::kInvalidInput;
    if (!is_another) throw;
    return false;
  }
}

std::set<std::string> stale_results(const std::set<std::string>& made, const ObjectStore& root) {
  if (!has_our_record(root)) return {};
  const std::optional<Digests> listed = find_digests(root);
  const auto top_of = [](const std::string& key) { return key.substr(0, key.find('/')); };
  std::set<std::string> made_tops;
  for (const std::string& key : made) made_tops.insert(top_of(key));
  std::set<std::string> kept_tops = made_tops;
  kept_tops.insert(kComposedFolder);
  std::set<std::string> keys;
  root.list("", [&](const ObjectInfo& object) {
    if (made.contains(object.key)) return;
    // Parts that stayed in a table that is made again would be read as parts of it.
    const bool is_earlier =
        listed ? listed->contains(object.key) || object.key == kDigestsKey
               : made_tops.contains(top_of(object.key)) && is_part_name(file_name(object.key));
    const bool is_stale = is_output(object.key) && is_earlier;
    if (is_stale) {
      keys.insert(object.key);
    } else {
      kept_tops.insert(top_of(object.key));
    }
  });
  std::set<std::string> stale;
  // A whole folder, so that a local one does not stay behind empty.
  for (const std::string& key : keys) {
    stale.insert(kept_tops.contains(top_of(key)) ? key : top_of(key));
  }
  return stale;
}

}  // namespace pomona
