// SPDX-License-Identifier: Apache-2.0
#include "pomona/output/checked_json.h"

#include "pomona/base/digest.h"
#include "pomona/base/error.h"

namespace pomona {
namespace {

// "sha256 <64 digits>\n", then the object.
constexpr std::string_view kMark = "sha256 ";
constexpr std::size_t kHeadBytes = kMark.size() + 64 + 1;

std::string head_of(std::string_view body) {
  return std::string(kMark).append(sha256(body)).append("\n");
}

}  // namespace

std::string print_checked_json(const Json& value) {
  const std::string body = print_json(value);
  return head_of(body) + body;
}

std::optional<Json> parse_checked_json(std::string_view text) {
  if (text.size() < kHeadBytes) return std::nullopt;
  const std::string_view body = text.substr(kHeadBytes);
  if (text.substr(0, kHeadBytes) != head_of(body)) return std::nullopt;
  return parse_json(body, "a record of unfinished work");
}

std::optional<Json> read_checked_json(const ObjectStore& store, std::string_view key) {
  try {
    return parse_checked_json(store.read(key));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kNotFound) throw;
    return std::nullopt;
  }
}

}  // namespace pomona
