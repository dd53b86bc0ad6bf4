// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/clean.h"

#include <gmock/gmock.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "pomona/base/error.h"
#include "pomona/base/json.h"
#include "pomona/output/checked_json.h"
#include "pomona/output/output_names.h"
#include "pomona/output/publication.h"

namespace pomona {
namespace {

TEST(CleanOptionsTest, BoundsNameTheField) {
  EXPECT_NO_THROW(CleanOptions{.out = "/nowhere"}.check());
  EXPECT_THAT([] { clean({}); },
              testing::ThrowsMessage<Error>("out: expected an output folder, found none"));
  EXPECT_THAT([] { clean({.out = "/nowhere", .stores = nullptr}); },
              testing::ThrowsMessage<Error>(testing::StartsWith("stores: ")));
}

// A folder in which the publication of `one.txt` was interrupted.
class CleanTest : public testing::Test {
 protected:
  CleanTest() {
    const Json note = {{"fingerprint", kWork}, {"attempt", "attempt"}};
    store_->write(kWorkNote, print_checked_json(note));
    announce({"attempt", {{staged("one.txt"), "one.txt"}, {staged(kSuccess), kSuccess}}}, kWork,
             *store_);
    store_->write("of_a_user.txt", "kept");
  }
  ~CleanTest() override { std::filesystem::remove_all(place_); }

  static std::string staged(const std::string& name) {
    return work_folder(kWork) + "/staged/attempt/" + name;
  }
  std::size_t objects() const {
    std::size_t count = 0;
    store_->list("", [&](const ObjectInfo&) { ++count; });
    return count;
  }

  static constexpr const char* kWork = "work";
  std::string place_ = testing::TempDir() + "/clean_test_" +
                       testing::UnitTest::GetInstance()->current_test_info()->name();
  std::shared_ptr<ObjectStore> store_ = local_store_opener()->open(place_, {.create = true});
};

TEST_F(CleanTest, EndsAPublicationThatWasCutOff) {
  store_->write(staged("one.txt"), "one");
  store_->write(staged(kSuccess), "");
  const CleanReport report = clean({.out = place_});
  EXPECT_TRUE(report.publishes);
  EXPECT_TRUE(report.complete);
  EXPECT_FALSE(report.broken);
  EXPECT_EQ(store_->read("one.txt"), "one");
  EXPECT_TRUE(store_->exists(kSuccess));
  EXPECT_EQ(objects(), 3U);  // and that of the user
}

TEST_F(CleanTest, GivesUpAPublicationWhoseFilesAreGone) {
  store_->write(staged(kSuccess), "");
  const CleanReport report = clean({.out = place_});
  EXPECT_TRUE(report.broken);
  EXPECT_FALSE(report.publishes);
  EXPECT_FALSE(report.complete);
  EXPECT_EQ(report.objects, 2U);  // work.json and what was staged
  EXPECT_EQ(store_->read("of_a_user.txt"), "kept");
  EXPECT_EQ(objects(), 1U);
}

TEST_F(CleanTest, ADryRunChangesNothing) {
  EXPECT_TRUE(clean({.out = place_, .dry_run = true}).publishes);
  EXPECT_EQ(objects(), 3U);
}

}  // namespace
}  // namespace pomona
