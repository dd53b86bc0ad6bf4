// SPDX-License-Identifier: Apache-2.0
#include "pomona/output/output_digests.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/output/output_names.h"
#include "pomona/storage/key.h"

namespace pomona {
namespace {

constexpr std::uint64_t kBlockBytes = 1U << 20U;
constexpr std::size_t kDigestLetters = 64;
constexpr std::string_view kGap = "  ";

std::string digest_of(const ObjectStore& store, const std::string& key) {
  const std::unique_ptr<ObjectReader> file = store.open(key);
  Sha256 digest;
  std::string block;
  for (std::uint64_t at = 0; at < file->size(); at += block.size()) {
    block.resize(std::min(kBlockBytes, file->size() - at));
    file->read_at(at, block);
    digest.add(block);
  }
  return digest.finish();
}

Digests digests_of(const ObjectStore& store, const std::vector<std::string>& keys,
                   std::size_t workers) {
  std::vector<std::string> found(keys.size());
  parallel_for(keys.size(), workers,
               [&](std::size_t i, std::size_t) { found[i] = digest_of(store, keys[i]); });
  Digests digests;
  for (std::size_t i = 0; i < keys.size(); ++i) digests.emplace(keys[i], std::move(found[i]));
  return digests;
}

void print_digests(const Digests& digests, ObjectStore& store) {
  std::string text;
  for (const auto& [key, digest] : digests) text.append(digest).append(kGap).append(key) += '\n';
  store.write(kDigestsKey, text);
}

[[noreturn]] void fail(const std::string& problem) {
  throw Error(ErrorKind::kCorrupt, std::string(kDigestsKey) + ": " + problem);
}

std::vector<std::string> list_ours(const ObjectStore& store) {
  std::vector<std::string> keys;
  store.list("", [&](const ObjectInfo& object) {
    if (object.key != kDigestsKey && is_output(object.key)) keys.push_back(object.key);
  });
  std::ranges::sort(keys);
  return keys;
}

}  // namespace

Digests read_digests(const ObjectStore& store) {
  const std::string text = store.read(kDigestsKey);
  Digests digests;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    if (end == std::string::npos || line.size() <= kDigestLetters + kGap.size() ||
        line.substr(kDigestLetters, kGap.size()) != kGap ||
        !is_sha256(std::string_view(line).substr(0, kDigestLetters))) {
      fail("a line is not as `sha256sum` writes it");
    }
    const auto [place, is_new] =
        digests.emplace(line.substr(kDigestLetters + kGap.size()), line.substr(0, kDigestLetters));
    if (!is_new) fail("'" + place->first + "' is listed twice");
    at = end + 1;
  }
  return digests;
}

Digests digests_below(const ObjectStore& store, const std::string& folder, std::size_t workers) {
  std::vector<std::string> keys;
  store.list(folder, [&](const ObjectInfo& object) { keys.push_back(object.key); });
  return digests_of(store, keys, workers);
}

void write_digests(ObjectStore& store, Digests others, std::size_t workers) {
  others.merge(digests_of(store, list_ours(store), workers));
  print_digests(others, store);
}

void renew_digest(ObjectStore& store, const std::string& key) {
  Digests digests = read_digests(store);
  digests[key] = digest_of(store, key);
  print_digests(digests, store);
}

namespace {

void compare(const Digests& expected, const Digests& found) {
  for (const auto& [key, digest] : found) {
    const auto listed = expected.find(key);
    if (listed == expected.end()) fail("'" + key + "' is not listed: no run of ours wrote it");
    if (listed->second != digest) fail("'" + key + "' has changed since it was written");
  }
  for (const auto& [key, digest] : expected) {
    if (!found.contains(key)) fail("'" + key + "' is missing");
  }
}

}  // namespace

std::string check_digests(const ObjectStore& store, std::size_t workers) {
  const Digests found = digests_of(store, list_ours(store), workers);
  compare(read_digests(store), found);
  return "digests: " + std::to_string(found.size()) + " files are as they were written";
}

void check_table_digests(const ObjectStore& store, const std::vector<std::string>& tables,
                         std::size_t workers) {
  Digests expected = read_digests(store);
  Digests found;
  for (const std::string& table : tables) found.merge(digests_below(store, table, workers));
  std::erase_if(expected, [&](const auto& one) {
    return std::ranges::none_of(
        tables, [&](const std::string& table) { return is_below(one.first, table); });
  });
  compare(expected, found);
}

}  // namespace pomona
