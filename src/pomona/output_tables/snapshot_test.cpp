// SPDX-License-Identifier: Apache-2.0
#include "pomona/output_tables/snapshot.h"

#include <gtest/gtest.h>

#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

Manifest listing() {
  Manifest manifest;
  manifest.labels = {"", "a", "b"};
  manifest.rows = {
      {"a/1.jpg", 10, 1, Split::kTest, FileStatus::kOk, SkipReason::kNoImage, "\"etag\""},
      {"b/2.jpg", 20, 2, Split::kTest, FileStatus::kFailed},
      {"3.txt", 30, 0, Split::kTrain, FileStatus::kSkipped, SkipReason::kHidden,
       "mtime:1.000000002"}};
  manifest.failures = {{Split::kTest, "b/2.jpg", "list", "denied", "permission denied"}};
  return manifest;
}

TEST(Snapshot, IsReadBackAsItWas) {
  MemoryStore store;
  write_snapshot(listing(), store);
  const Manifest found = read_snapshot(store);
  EXPECT_EQ(found.labels, listing().labels);
  ASSERT_EQ(found.rows.size(), 3U);
  EXPECT_EQ(found.rows[0].version, "\"etag\"");
  EXPECT_EQ(found.rows[1].status, FileStatus::kFailed);
  EXPECT_EQ(found.label(found.rows[1]), "b");
  EXPECT_EQ(found.rows[2].bytes, 30U);
  EXPECT_EQ(found.rows[2].skip_reason, SkipReason::kHidden);
  ASSERT_EQ(found.failures.size(), 1U);
  EXPECT_EQ(found.failures[0].kind, "denied");
  EXPECT_EQ(found.failures[0].message, "permission denied");
  EXPECT_EQ(digest_of_listing(found), digest_of_listing(listing()));
}

TEST(Snapshot, EverythingChangesTheDigest) {
  const std::string digest = digest_of_listing(listing());
  const auto changed = [&](const auto& change) {
    Manifest manifest = listing();
    change(manifest);
    return digest_of_listing(manifest) != digest;
  };
  EXPECT_TRUE(changed([](Manifest& m) { m.rows[0].path = "a/2.jpg"; }));
  EXPECT_TRUE(changed([](Manifest& m) { m.rows[0].bytes = 11; }));
  EXPECT_TRUE(changed([](Manifest& m) { m.rows[0].label = 2; }));
  EXPECT_TRUE(changed([](Manifest& m) { m.rows[0].split = Split::kTrain; }));
  EXPECT_TRUE(changed([](Manifest& m) { m.rows[0].status = FileStatus::kSkipped; }));
  EXPECT_TRUE(changed([](Manifest& m) { m.rows[0].version = "\"other\""; }));
  EXPECT_TRUE(changed([](Manifest& m) { m.rows.pop_back(); }));
  EXPECT_FALSE(changed([](Manifest&) {}));
}

}  // namespace
}  // namespace pomona
