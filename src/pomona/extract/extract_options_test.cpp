// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <limits>

#include "pomona/base/error.h"
#include "pomona/extract/extract.h"

namespace pomona {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using testing::ThrowsMessage;

constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

constexpr const char* kModels = "/nowhere/models";

void expect_refused(ExtractOptions options, const std::string& field) {
  options.models = kModels;
  EXPECT_THAT([&] { options.check(); }, ThrowsMessage<Error>(StartsWith(field + ": expected ")));
  // Before a backbone is looked for.
  EXPECT_THAT([&] { prepare_extract(options); }, ThrowsMessage<Error>(StartsWith(field + ": ")));
}

TEST(ExtractOptionsTest, BoundsNameTheField) {
  EXPECT_NO_THROW(ExtractOptions{.models = kModels}.check());
  expect_refused({.backbone = ""}, "backbone");
  for (const int size : {-1, 31, 1025}) expect_refused({.size = size}, "size");
  for (const int batch : {-1, 257}) expect_refused({.batch = batch}, "batch");
  expect_refused({.workers = 257}, "workers");
  for (const double share : {-0.1, 1.1, kNotANumber}) {
    expect_refused({.max_failures = share}, "max_failures");
  }
  expect_refused({.limits = {.max_pixels = 0}}, "max_pixels");
  expect_refused({.limits = {.max_damage = 1.1}}, "max_damage");
}

// At once: preparing the network takes seconds.
TEST(ExtractOptionsTest, ABatchThatIsTooLargeForItsSizeIsRefused) {
  EXPECT_NO_THROW((ExtractOptions{.models = kModels, .size = 1024, .batch = 16}.check()));
  const auto expect_too_many = [](const ExtractOptions& options) {
    EXPECT_THAT([&] { options.check(); },
                ThrowsMessage<Error>(StartsWith("batch: 256 pictures of 1024 pixels a side")));
  };
  expect_too_many({.models = kModels, .size = 1024, .batch = 256});
  expect_too_many(
      {.models = kModels, .size = 224, .crops = {Crop(), Crop{.size = 1024}}, .batch = 256});
}

TEST(ShardShareTest, BoundsNameTheField) {
  EXPECT_NO_THROW((ShardShare{.index = 7, .count = 8}.check()));
  Manifest manifest;
  const ImageRoots roots;
  const ExtractSetup setup;
  const ExtractOptions options;
  Progress progress;
  const auto extract_as = [&](const ShardShare& share) {
    extract_share({roots, manifest, setup, options}, share, {}, progress, {});
  };
  for (const ShardShare& share : {ShardShare{.index = 0, .count = 0},
                                  {.index = 8, .count = 8},
                                  {.index = 0, .count = 65'537}}) {
    EXPECT_THAT([&] { extract_as(share); }, ThrowsMessage<Error>(StartsWith("shard: expected ")));
  }
  EXPECT_THAT([&] { extract_as({}); }, ThrowsMessage<Error>(StartsWith("shards: expected where")));
}

// The core knows no folder of its own: who calls it says where backbones are installed.
TEST(ExtractOptionsTest, AFolderOfModelsIsNeeded) {
  EXPECT_THAT([] { ExtractOptions().check(); },
              ThrowsMessage<Error>(StartsWith("models: expected the folder")));
}

// None would cut the manifest into parts for ever; parts of more lose rows.
TEST(ExtractOptionsTest, PartsHoldAtLeastOneFileAndAtMostABlockOfRows) {
  EXPECT_NO_THROW((ExtractOptions{.models = kModels, .part_files = 65'536}.check()));
  for (const std::size_t files : {std::size_t{0}, std::size_t{65'537}}) {
    expect_refused({.part_files = files}, "part_files");
  }
}

TEST(ExtractOptionsTest, CropsAreThoseThatHaveAName) {
  EXPECT_NO_THROW(
      (ExtractOptions{.models = kModels, .crops = {Crop(), Crop{.percent = 75, .flip = true}}}
           .check()));
  const std::vector<std::vector<Crop>> refused = {
      {},
      {Crop(), Crop()},
      {Crop{.flip = true}},
      {Crop(), Crop{.percent = 0}},
      {Crop(), Crop{.percent = -5}},
      {Crop(), Crop{.size = 1'000'000}},
      std::vector<Crop>(1000),
  };
  for (const std::vector<Crop>& crops : refused) {
    EXPECT_THAT([&] { (ExtractOptions{.models = kModels, .crops = crops}).check(); },
                ThrowsMessage<Error>(HasSubstr("crop")));
  }
}

}  // namespace
}  // namespace pomona
