// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/studio_frames.h"

#include <gmock/gmock.h>

#include "pomona/compose/failing_store.h"
#include "pomona/compose/made_up_layers.h"
#include "pomona/image/jpeg_encode.h"
#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

std::string jpeg_of(const Image& image) {
  std::string bytes;
  JpegEncoder().encode(image, 95, bytes);
  return bytes;
}

class StudioFramesTest : public testing::Test {
 protected:
  StudioFramesTest() {
    for (int i = 0; i < 70; ++i) {
      store_->write("x/Fig/" + std::to_string(i) + ".jpg",
                    jpeg_of(disc_on_white(40, 8 + i * 0.1, {120, 40, 90})));
    }
    store_->write("Kiwi/large.jpg", jpeg_of(disc_on_white(300, 120, {90, 70, 30})));
    store_->write("Kiwi/market.jpg", jpeg_of(plain_image(30, 30, {90, 90, 20})));
    store_->write("Kiwi/notes.txt", "no picture");
    store_->write("Kiwi/torn.jpg", jpeg_of(plain_image(30, 30, {90, 90, 20})).substr(0, 200));
    roots_.images = store_;
    SplitOptions options;
    options.holdout = 0;
    Progress progress;
    manifest_ = scan(roots_, options, progress, {}).manifest;
  }

  std::vector<std::vector<Layer>> read_all(std::size_t workers) {
    const std::vector<LabelFolder> folders = label_folders(manifest_);
    StudioFrames studio(roots_, manifest_, folders, 64, DecodeLimits(), workers);
    std::vector<std::vector<Layer>> frames;
    for (const LabelFolder& folder : folders) frames.push_back(studio.read(folder, {}));
    return frames;
  }

  std::shared_ptr<MemoryStore> store_ = std::make_shared<MemoryStore>();
  ImageRoots roots_;
  Manifest manifest_;
};

TEST_F(StudioFramesTest, FoldersAreInByteOrder) {
  const std::vector<LabelFolder> folders = label_folders(manifest_);
  ASSERT_THAT(folders, SizeIs(2));
  EXPECT_EQ(folders[0].path, "Kiwi");
  EXPECT_EQ(folders[1].path, "x/Fig");
  EXPECT_THAT(folders[0].rows, SizeIs(4));
  EXPECT_THAT(folders[1].rows, SizeIs(70));
  EXPECT_FALSE(std::ranges::is_sorted(folders[1].rows)) << "in an order that mixes them";
}

TEST_F(StudioFramesTest, WhatCannotBeUsedIsReported) {
  const auto frames = read_all(2);
  ASSERT_THAT(frames, SizeIs(2));
  EXPECT_THAT(frames[0], SizeIs(1));
  EXPECT_THAT(frames[1], SizeIs(70));
  sort_failures(manifest_.failures);
  std::vector<std::string> told;
  for (const FileFailure& failure : manifest_.failures) {
    told.push_back(failure.path + " " + failure.stage + " " + failure.kind);
  }
  EXPECT_THAT(told, ElementsAre("Kiwi/market.jpg cut no_ground", "Kiwi/torn.jpg decode truncated"));
  std::vector<FileStatus> statuses;
  for (std::size_t row = 0; row < 4; ++row) statuses.push_back(manifest_.rows[row].status);
  EXPECT_THAT(statuses, ElementsAre(FileStatus::kOk, FileStatus::kFailed, FileStatus::kSkipped,
                                    FileStatus::kFailed));
}

TEST_F(StudioFramesTest, FramesAreNoLargerThanPictures) {
  const Layer frame = read_all(1).front().front();
  EXPECT_NEAR(frame.width, 64 * 0.8 + 8, 2);  // the disc in a picture of 64 pixels, and a margin
}

TEST_F(StudioFramesTest, AreTheSameForAnyNumberOfWorkers) {
  const auto one = read_all(1);
  const auto three = read_all(3);
  for (std::size_t label = 0; label < 2; ++label) {
    ASSERT_EQ(one[label].size(), three[label].size());
    for (std::size_t i = 0; i < one[label].size(); ++i) {
      EXPECT_EQ(one[label][i].pixels, three[label][i].pixels);
    }
  }
}

TEST_F(StudioFramesTest, TellWhatTheFirstFailureWas) {
  const LabelFolder folder = label_folders(manifest_).back();
  const std::string broken(manifest_.rows[folder.rows[1]].path);
  for (const std::size_t readers : {0U, 4U}) {
    const ImageRoots roots{std::make_shared<FailingStore>(store_, broken, readers), nullptr};
    StudioFrames studio(roots, manifest_, {folder}, 64, DecodeLimits(), 3);
    EXPECT_THAT([&] { studio.read(folder, {}); },
                testing::ThrowsMessage<std::runtime_error>("no memory is left"));
  }
}

}  // namespace
}  // namespace pomona
