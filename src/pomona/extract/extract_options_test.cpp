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

void expect_refused(const ExtractOptions& options, const std::string& field) {
  EXPECT_THAT([&] { options.check(); }, ThrowsMessage<Error>(StartsWith(field + ": expected ")));
  // Before a backbone is looked for.
  EXPECT_THAT([&] { prepare_extract(options); }, ThrowsMessage<Error>(StartsWith(field + ": ")));
}

TEST(ExtractOptionsTest, BoundsNameTheField) {
  EXPECT_NO_THROW(ExtractOptions().check());
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

// None would cut the manifest into parts for ever; parts of more lose rows.
TEST(ExtractOptionsTest, PartsHoldAtLeastOneFileAndAtMostABlockOfRows) {
  EXPECT_NO_THROW(ExtractOptions{.part_files = 65'536}.check());
  for (const std::size_t files : {std::size_t{0}, std::size_t{65'537}}) {
    expect_refused({.part_files = files}, "part_files");
  }
}

TEST(ExtractOptionsTest, ViewsAreThoseThatHaveAName) {
  EXPECT_NO_THROW((ExtractOptions{.views = {View(), View{.percent = 75, .flip = true}}}.check()));
  const std::vector<std::vector<View>> refused = {
      {},
      {View(), View()},
      {View{.flip = true}},
      {View(), View{.percent = 0}},
      {View(), View{.percent = -5}},
      {View(), View{.size = 1'000'000}},
      std::vector<View>(1000),
  };
  for (const std::vector<View>& views : refused) {
    EXPECT_THAT([&] { ExtractOptions{.views = views}.check(); },
                ThrowsMessage<Error>(HasSubstr("view")));
  }
}

}  // namespace
}  // namespace pomona
