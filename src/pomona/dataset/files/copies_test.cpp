// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/files/copies.h"

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

using testing::ElementsAre;

// How many files were to be read.
class Reads final : public Progress {
 public:
  void begin(std::string_view /*stage*/, std::uint64_t total) override { count += total; }
  std::uint64_t count = 0;
};

struct Files {
  std::shared_ptr<MemoryStore> store = std::make_shared<MemoryStore>();
  Manifest manifest;
  Reads reads;

  Files() { manifest.labels = {"", "a", "b"}; }
  void add(const std::string& key, const std::string& bytes, std::uint32_t label = 1,
           const std::string& version = "") {
    store->write(key, bytes);
    ManifestRow row;
    row.path = manifest.texts->keep(key);
    row.bytes = bytes.size();
    row.label = label;
    row.version = manifest.texts->keep(version);
    manifest.rows.push_back(row);
  }
  std::vector<std::size_t> copies() {
    const ImageRoots roots{store, nullptr};
    const auto found = find_copies(roots, manifest, reads, {});
    return {found.begin(), found.end()};
  }
};

TEST(FindCopies, FindsEqualBytesAndReadsWhatHasOneSizeAlone) {
  Files files;
  files.add("a/1", "one");
  files.add("a/2", "two");
  files.add("a/3", "three");
  files.add("a/4", "one");
  files.add("b/1", "one", 2);
  EXPECT_THAT(files.copies(), ElementsAre(0, 1, 2, 0, 0));
  EXPECT_EQ(files.reads.count, 4U);
}

TEST(FindCopies, ComparesLargeFilesToTheirEnd) {
  Files files;
  const std::string large(600'000, 'x');
  files.add("a/1", large);
  files.add("a/2", large.substr(1) + "y");
  files.add("a/3", large);
  EXPECT_THAT(files.copies(), ElementsAre(0, 1, 0));
}

TEST(FindCopies, BelievesETagsThatAreMd5) {
  const std::string one = "\"00000000000000000000000000000001\"";
  const std::string two = "\"00000000000000000000000000000002\"";
  Files files;
  files.add("a/1", "one", 1, one);
  files.add("a/2", "two", 1, two);
  files.add("a/3", "xxx", 1, one);
  EXPECT_THAT(files.copies(), ElementsAre(0, 1, 0));
  EXPECT_EQ(files.reads.count, 0U);
}

TEST(FindCopies, WhatCannotBeReadIsEqualToNone) {
  Files files;
  files.add("a/1", "one");
  files.add("a/2", "one");
  files.store->remove("a/1");
  files.store->remove("a/2");
  EXPECT_THAT(files.copies(), ElementsAre(0, 1));
}

TEST(FindCopies, FilesThatAreSkippedOrEmptyAreNone) {
  Files files;
  files.add("a/1", "");
  files.add("a/2", "");
  files.add("a/3", "one");
  files.add("a/4", "one");
  files.manifest.rows[3].status = FileStatus::kSkipped;
  EXPECT_THAT(files.copies(), ElementsAre(0, 1, 2, 3));
}

TEST(JoinCopies, GroupsOfCopiesBecomeOneAndOthersStay) {
  Files files;
  for (const char* key : {"a/1", "a/2", "a/3", "b/4"}) files.add(key, "");
  files.manifest.rows[3].label = 2;
  Groups groups = find_groups(files.manifest, "");
  const auto keys = groups.key;
  const std::vector<std::size_t> first = {0, 1, 0, 3};
  join_copies(files.manifest, first, groups);
  EXPECT_THAT(groups.of_row, ElementsAre(0, 1, 0, 3));
  EXPECT_EQ(groups.key, keys);
  EXPECT_THAT(groups.mixed, ElementsAre(0, 0, 0, 0));
  const std::vector<std::size_t> across = {0, 1, 0, 1};
  join_copies(files.manifest, across, groups);
  EXPECT_THAT(groups.of_row, ElementsAre(0, 1, 0, 1));
  EXPECT_THAT(groups.mixed, ElementsAre(0, 1, 0, 0));
}

TEST(JoinCopies, CopiesStayOnOneSideAndThoseOfTwoLabelsInTraining) {
  Files files;
  std::vector<std::size_t> first;
  for (std::size_t i = 0; i < 40; ++i) {
    // Pairs of copies, each pair of one label; the last four pairs are one photograph of two.
    const std::uint32_t label = i < 32 ? 1 + (i / 2) % 2 : 1 + i % 2;
    files.add((label == 1 ? "a/" : "b/") + std::to_string(100 + i), "x", label);
    first.push_back(i - i % 2);
  }
  Groups groups = find_groups(files.manifest, "");
  join_copies(files.manifest, first, groups);
  std::vector<std::size_t> all(40);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  for (const std::uint64_t seed : {0U, 1U, 2U, 3U}) {
    std::vector<bool> in_test(40);
    const auto chosen = choose_holdout(files.manifest, all, groups, 0.3, seed);
    EXPECT_GE(chosen.size(), 6U);
    for (const std::size_t row : chosen) in_test[row] = true;
    for (std::size_t i = 0; i < 40; i += 2) EXPECT_EQ(in_test[i], in_test[i + 1]) << i;
    for (std::size_t i = 32; i < 40; ++i) EXPECT_FALSE(in_test[i]) << i;
    const auto folds = choose_folds(files.manifest, all, groups, 3, seed);
    std::vector<int> fold_of(40, -1);
    for (std::size_t k = 0; k < folds.size(); ++k) {
      for (const std::size_t row : folds[k]) fold_of[row] = static_cast<int>(k);
    }
    for (std::size_t i = 0; i < 40; i += 2) EXPECT_EQ(fold_of[i], fold_of[i + 1]) << i;
  }
}

}  // namespace
}  // namespace pomona
