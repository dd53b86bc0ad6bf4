// SPDX-License-Identifier: Apache-2.0
#include "pomona/output_tables/shard_record.h"

#include <string_view>

#include "pomona/base/digest.h"
#include "pomona/base/error.h"

namespace pomona {
namespace {

constexpr std::string_view kOfShard = "a record of finished work";

std::string text_of(const Json& object, std::string_view name) {
  return read_member<std::string>(object, name, kOfShard);
}

std::uint64_t number_of(const Json& object, std::string_view name) {
  return read_member<std::uint64_t>(object, name, kOfShard);
}

FileFailure parse_failure(const Json& json) {
  return {split_from_name(text_of(json, "split")), text_of(json, "path"), text_of(json, "stage"),
          text_of(json, "kind"), text_of(json, "message")};
}

std::string parse_digest(const Json& parts, const std::string& table) {
  std::string digest = text_of(parts, table);
  if (is_sha256(digest)) return digest;
  throw Error(ErrorKind::kCorrupt, "reading a record of finished work: '" + digest +
                                       "' is no SHA-256; expected 64 hexadecimal digits");
}

}  // namespace

Json shard_record_json(const ShardRecord& record) {
  Json failures = Json::array();
  for (const FileFailure& failure : record.failures) {
    failures.push_back({{"split", split_name(failure.split)},
                        {"path", failure.path},
                        {"stage", failure.stage},
                        {"kind", failure.kind},
                        {"message", failure.message}});
  }
  return {{"shard", record.shard},          {"first_path", record.first_path},
          {"files", record.files},          {"ok", record.ok},
          {"failed", record.failed},        {"skipped", record.skipped},
          {"bytes", record.bytes},          {"parts", record.parts},
          {"failures", std::move(failures)}};
}

ShardRecord parse_shard_record(const Json& json, const std::vector<std::string>& tables) {
  ShardRecord record;
  record.shard = number_of(json, "shard");
  record.first_path = text_of(json, "first_path");
  record.files = number_of(json, "files");
  record.ok = number_of(json, "ok");
  record.failed = number_of(json, "failed");
  record.skipped = number_of(json, "skipped");
  record.bytes = number_of(json, "bytes");
  const Json& parts = member_of(json, "parts", kOfShard);
  for (const std::string& table : tables) record.parts[table] = parse_digest(parts, table);
  const Json& failures = member_of(json, "failures", kOfShard);
  if (!failures.is_array()) {
    throw Error(ErrorKind::kCorrupt, "reading a record of finished work: its failures are no list");
  }
  for (const Json& failure : failures) record.failures.push_back(parse_failure(failure));
  return record;
}

}  // namespace pomona
