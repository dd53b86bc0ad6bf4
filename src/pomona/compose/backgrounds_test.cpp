// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/backgrounds.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "pomona/base/error.h"
#include "pomona/base/random.h"
#include "pomona/compose/failing_store.h"
#include "pomona/compose/made_up_layers.h"
#include "pomona/image/jpeg_encode.h"
#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

std::string plain_jpeg(int width, int height, std::uint8_t grey) {
  std::string bytes;
  JpegEncoder().encode(plain_image(width, height, {grey, grey, grey}), 95, bytes);
  return bytes;
}

// Opens one store, whatever the place.
class OneStore final : public StoreOpener {
 public:
  explicit OneStore(std::shared_ptr<ObjectStore> store) : store_(std::move(store)) {}
  std::shared_ptr<ObjectStore> open(const std::string&, OpenMode) const override { return store_; }

 private:
  std::shared_ptr<ObjectStore> store_;
};

Backgrounds read_of(const std::shared_ptr<ObjectStore>& store, std::size_t workers) {
  return read_backgrounds("walls", OneStore(store), /*side=*/32, DecodeLimits(), workers, {});
}

std::shared_ptr<MemoryStore> walls() {
  auto store = std::make_shared<MemoryStore>();
  for (int i = 0; i < 40; ++i) {
    store->write("deep/" + std::to_string(i) + ".jpg",
                 plain_jpeg(20 + i, 24, static_cast<std::uint8_t>(6 * i)));
  }
  return store;
}

TEST(BackgroundsTest, AreReducedToTwiceThePicturesAndNeverEnlarged) {
  auto store = std::make_shared<MemoryStore>();
  store->write("large.jpg", plain_jpeg(256, 128, 90));
  store->write("small.jpg", plain_jpeg(30, 20, 90));
  const Backgrounds found = read_of(store, 1);
  std::vector<std::pair<int, int>> sizes;
  for (const Image& image : found.photographs) sizes.emplace_back(image.width, image.height);
  EXPECT_THAT(sizes, testing::UnorderedElementsAre(std::pair(128, 64), std::pair(30, 20)));
}

TEST(BackgroundsTest, AreTheSameForAnyNumberOfWorkers) {
  const Backgrounds one = read_of(walls(), 1);
  const Backgrounds three = read_of(walls(), 3);
  ASSERT_THAT(one.photographs, SizeIs(40));
  ASSERT_THAT(three.photographs, SizeIs(40));
  for (std::size_t i = 0; i < 40; ++i) {
    EXPECT_EQ(one.photographs[i].pixels, three.photographs[i].pixels);
  }
}

TEST(BackgroundsTest, WhatCannotBeReadIsAFailureAndWhatIsNoImageIsPassedOver) {
  const auto store = walls();
  store->write("notes.txt", "no picture");
  store->write("torn.jpg", plain_jpeg(30, 30, 90).substr(0, 200));
  const Backgrounds found = read_of(store, 2);
  EXPECT_THAT(found.photographs, SizeIs(40));
  ASSERT_THAT(found.failures, SizeIs(1));
  EXPECT_EQ(found.failures[0].path, "torn.jpg");
  EXPECT_EQ(found.failures[0].stage, "background");
  EXPECT_EQ(found.failures[0].kind, "truncated");
}

TEST(BackgroundsTest, AFolderWithoutPhotographsIsRefused) {
  auto store = std::make_shared<MemoryStore>();
  store->write("notes.txt", "no picture");
  EXPECT_THAT([&] { read_of(store, 1); },
              testing::ThrowsMessage<Error>(testing::AllOf(
                  HasSubstr("'walls'"), HasSubstr("1 files and none that can be read"))));
}

TEST(BackgroundsTest, TellWhatTheFirstFailureWas) {
  std::vector<std::string> keys;
  walls()->list("", [&](const ObjectInfo& object) { keys.push_back(object.key); });
  std::ranges::sort(keys, {}, [](const std::string& key) { return hash_text(key, /*seed=*/0); });
  for (const std::size_t readers : {0U, 4U}) {
    EXPECT_THAT([&] { read_of(std::make_shared<FailingStore>(walls(), keys[1], readers), 3); },
                testing::ThrowsMessage<std::runtime_error>("no memory is left"));
  }
}

TEST(BackgroundsTest, StopWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(
      read_backgrounds("walls", OneStore(walls()), 32, DecodeLimits(), 2, stop.get_token()), Error);
}

}  // namespace
}  // namespace pomona
