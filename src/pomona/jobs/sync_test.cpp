// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/sync.h"

#include <gmock/gmock.h>

#include <map>

#include "pomona/base/error.h"
#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using testing::ThrowsMessage;

// Opens two stores in memory.
class TwoPlaces final : public StoreOpener {
 public:
  std::shared_ptr<MemoryStore> from = std::make_shared<MemoryStore>();
  std::shared_ptr<MemoryStore> to = std::make_shared<MemoryStore>();
  std::shared_ptr<ObjectStore> open(const std::string& place, OpenMode) const override {
    return place == "/from" ? from : to;
  }
};

class SyncTest : public testing::Test {
 protected:
  SyncTest() {
    places_->from->write("a/1.jpg", "one");
    places_->from->write("a/2.jpg", "two");
    places_->to->write("a/2.jpg", "two");
    places_->to->write("old.jpg", "old");
    options_.from = "/from";
    options_.to = "/to";
    options_.stores = places_;
  }
  SyncReport run() { return sync(options_, progress_, {}); }

  std::shared_ptr<TwoPlaces> places_ = std::make_shared<TwoPlaces>();
  SyncOptions options_;
  Progress progress_;
};

TEST_F(SyncTest, BoundsNameTheField) {
  EXPECT_THAT([&] { sync({.to = "/to"}, progress_, {}); },
              ThrowsMessage<Error>("from: expected a place to copy from, found none"));
  EXPECT_THAT([&] { sync({.from = "/from"}, progress_, {}); },
              ThrowsMessage<Error>(StartsWith("to: ")));
  EXPECT_THAT([&] { sync({.from = "/a", .to = "/b", .stores = nullptr}, progress_, {}); },
              ThrowsMessage<Error>(StartsWith("stores: ")));
  EXPECT_THAT([&] { sync({.from = "/a", .to = "/a/b"}, progress_, {}); },
              ThrowsMessage<Error>(HasSubstr("one lies in the other")));
}

TEST_F(SyncTest, CopiesWhatIsMissingAndLeavesTheRest) {
  const SyncReport report = run();
  EXPECT_THAT(report.copied, ElementsAre("a/1.jpg"));
  EXPECT_EQ(report.copied_bytes, 3U);
  EXPECT_EQ(report.unchanged, 1U);
  EXPECT_THAT(report.removed, IsEmpty());
  EXPECT_TRUE(places_->to->exists("a/1.jpg"));
  EXPECT_TRUE(places_->to->exists("old.jpg"));
}

TEST_F(SyncTest, RemovesOthersWhereAskedTo) {
  options_.remove_others = true;
  options_.dry_run = true;
  EXPECT_THAT(run().removed, ElementsAre("old.jpg"));
  EXPECT_TRUE(places_->to->exists("old.jpg"));
  options_.dry_run = false;
  EXPECT_THAT(run().removed, ElementsAre("old.jpg"));
  EXPECT_FALSE(places_->to->exists("old.jpg"));
}

TEST_F(SyncTest, CopiesOnlyTheNamedObjects) {
  places_->from->write("b/3.jpg", "three");
  options_.keys = {"b/3.jpg", "b/4.jpg", "a/2.jpg", "b/3.jpg"};
  const SyncReport report = run();
  EXPECT_THAT(report.copied, ElementsAre("b/3.jpg"));
  EXPECT_EQ(report.copied_bytes, 5U);
  EXPECT_EQ(report.unchanged, 1U);
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].key, "b/4.jpg");
  EXPECT_FALSE(places_->to->exists("a/1.jpg"));
}

TEST_F(SyncTest, NamedObjectsAndRemovingOthersExclude) {
  options_.keys = {"a/1.jpg"};
  options_.remove_others = true;
  EXPECT_THAT([&] { run(); }, ThrowsMessage<Error>(StartsWith("keys, remove_others: ")));
  EXPECT_TRUE(places_->to->exists("old.jpg"));
}

TEST_F(SyncTest, AnEmptyPlaceRemovesNothing) {
  options_.remove_others = true;
  places_->from->remove_objects({"a/1.jpg", "a/2.jpg"});
  EXPECT_THAT([&] { run(); }, ThrowsMessage<Error>(StartsWith("remove_others: ")));
  EXPECT_TRUE(places_->to->exists("old.jpg"));
}

}  // namespace
}  // namespace pomona
