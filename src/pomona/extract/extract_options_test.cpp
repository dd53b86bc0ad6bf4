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
