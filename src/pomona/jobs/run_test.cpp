// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/run.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::StartsWith;
using testing::ThrowsMessage;

RunOptions options_for(const std::string& out) {
  RunOptions options;
  options.input.images = {"/nowhere/photographs"};
  options.output.out = out;
  options.extract.models = "/nowhere/models";
  return options;
}

class RunTest : public testing::Test {
 protected:
  // Each of them begins with it, before anything is made.
  void expect_refused(const std::string& field) {
    const auto refuses = ThrowsMessage<Error>(StartsWith(field + ": "));
    Progress progress;
    EXPECT_THAT([&] { run(options_, progress, {}); }, refuses);
    EXPECT_THAT([&] { run_extract(options_, progress, {}); }, refuses);
    EXPECT_THAT([&] { run_extract_share(options_, ShardShare{}, progress, {}); }, refuses);
    EXPECT_THAT([&] { run_share(options_, ShardShare{}, progress, {}); }, refuses);
    EXPECT_FALSE(std::filesystem::exists(out_));
    options_ = options_for(out_);
  }

  std::string out_ = testing::TempDir() + "/run_test_out";
  RunOptions options_ = options_for(out_);
};

TEST_F(RunTest, BoundsNameTheFieldOfEachStruct) {
  EXPECT_NO_THROW(options_.check());
  options_.input.images.clear();
  expect_refused("images");
  options_.input.split.holdout = -1;
  expect_refused("holdout");
  options_.output.out.clear();
  expect_refused("out");
  options_.extract.models.clear();
  expect_refused("models");
  options_.extract.part_files = 0;
  expect_refused("part_files");
  options_.reduce.components = ComponentCount{0};
  expect_refused("components");
  options_.train.folds = 1;
  expect_refused("folds");
}

TEST_F(RunTest, ComparingByHashNeedsAnEarlierRun) {
  options_.earlier.by_hash = true;
  expect_refused("by_hash, from");
  options_.earlier = {.from = "/earlier", .by_hash = true};
  EXPECT_NO_THROW(options_.check());
}

TEST_F(RunTest, AShardIsOneOfThoseThereAre) {
  Progress progress;
  for (const ShardShare share : {ShardShare{0, 0}, ShardShare{3, 3}, ShardShare{0, 65'537}}) {
    const auto refuses = ThrowsMessage<Error>(StartsWith("shard: expected "));
    EXPECT_THAT([&] { run_extract_share(options_, share, progress, {}); }, refuses);
    EXPECT_THAT([&] { run_share(options_, share, progress, {}); }, refuses);
  }
  options_.output.force = true;
  const auto refuses = ThrowsMessage<Error>(StartsWith("shard, force: "));
  EXPECT_THAT([&] { run_extract_share(options_, ShardShare{}, progress, {}); }, refuses);
  EXPECT_THAT([&] { run_share(options_, ShardShare{}, progress, {}); }, refuses);
}

}  // namespace
}  // namespace pomona
