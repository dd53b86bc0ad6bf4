// SPDX-License-Identifier: Apache-2.0
#include "pomona/extract/photograph_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/image/decode.h"
#include "pomona/predict/made_up_predictor.h"

namespace pomona {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr auto kLong = std::chrono::seconds(60);

ExtractSetup tiny_setup(std::size_t workers, const std::vector<std::string>& crops = {"whole"}) {
  ExtractSetup setup;
  setup.backbone.spec = tiny_backbone_spec();
  setup.featurizer.size = setup.backbone.spec.size;
  setup.featurizer.batch = 4;
  setup.featurizer.slots = workers;
  setup.crops = crops_from_names(crops);
  return setup;
}

std::unique_ptr<StreamNetworks> tiny_networks(std::size_t workers,
                                              const std::vector<std::string>& crops = {"whole"}) {
  return std::make_unique<StreamNetworks>(tiny_setup(workers, crops), make_tiny_networks);
}

// Blocks of these sizes, of made_up_photographs().
std::vector<std::vector<Photograph>> blocks_of(const std::vector<std::size_t>& sizes) {
  std::vector<std::vector<Photograph>> blocks;
  std::size_t total = 0;
  for (const std::size_t size : sizes) total += size;
  const std::vector<std::string> photographs = made_up_photographs(total);
  std::size_t next = 0;
  for (const std::size_t size : sizes) {
    std::vector<Photograph>& block = blocks.emplace_back();
    for (std::size_t i = 0; i < size; ++i) block.emplace_back(photographs[next++]);
  }
  return blocks;
}

StreamedBlock next_of(PhotographStream& stream) {
  std::optional<StreamedBlock> block = stream.next(kLong);
  if (!block) throw Error(ErrorKind::kTimedOut, "no block came");
  return std::move(*block);
}

// What a stream gives for blocks submitted at once.
std::vector<StreamedBlock> stream_all(StreamNetworks& networks,
                                      const std::vector<std::vector<Photograph>>& blocks,
                                      const DecodeLimits& limits = {}) {
  PhotographStream stream(networks, limits);
  for (const auto& block : blocks) stream.submit(block);
  std::vector<StreamedBlock> streamed;
  while (stream.pending() > 0) streamed.push_back(next_of(stream));
  return streamed;
}

std::vector<float> features_of(const std::vector<StreamedBlock>& blocks) {
  std::vector<float> all;
  for (const StreamedBlock& block : blocks) {
    all.insert(all.end(), block.features.begin(), block.features.end());
  }
  return all;
}

Image decoded(const std::string& bytes) {
  Image image;
  EXPECT_TRUE(Decoder().decode(bytes, DecodeOptions{}, image).has_value());
  return image;
}

TEST(PhotographStream, GivesBlocksInTheirOrderWithTheBitsOfOneWorker) {
  const std::vector<std::string> crops = {"whole", "flip", "center75"};
  const auto blocks = blocks_of({3, 1, 17, 0, 5, 8, 2, 31, 1, 1, 1, 6});
  const auto one = tiny_networks(1, crops);
  const auto four = tiny_networks(4, crops);
  const auto expected = stream_all(*one, blocks);
  const auto found = stream_all(*four, blocks);
  ASSERT_EQ(found.size(), blocks.size());
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_EQ(found[i].photographs, blocks[i].size());
    EXPECT_EQ(found[i].rows.size(), blocks[i].size());
    EXPECT_EQ(found[i].features, expected[i].features) << "block " << i;
  }
  EXPECT_EQ(features_of(found).size(), 76U * 3 * kTinyFeatureCount);
  // Each photograph looks different, so rows in another order would be other bits.
  EXPECT_NE(found[0].features[0], found[1].features[0]);
}

TEST(PhotographStream, TakesFilesAndPixelsAsItTakesBytes) {
  const auto networks = tiny_networks(2);
  const std::vector<std::string> photographs = made_up_photographs(3);
  const auto folder = std::filesystem::path(testing::TempDir()) / "photograph_stream";
  std::filesystem::create_directories(folder);
  std::vector<Photograph> bytes(photographs.begin(), photographs.end());
  std::vector<Photograph> files;
  std::vector<Photograph> pixels;
  for (std::size_t i = 0; i < photographs.size(); ++i) {
    const auto file = folder / (std::to_string(i) + ".jpg");
    std::ofstream(file, std::ios::binary) << photographs[i];
    files.emplace_back(PhotographFile{file.string()});
    pixels.emplace_back(decoded(photographs[i]));
  }
  const auto streamed = stream_all(*networks, {bytes, files, pixels});
  EXPECT_EQ(streamed[1].features, streamed[0].features);
  EXPECT_EQ(streamed[2].features, streamed[0].features);
  EXPECT_THAT(streamed[2].damage, ElementsAre(0, 0, 0));
}

TEST(PhotographStream, GivesFailuresAsValues) {
  const auto networks = tiny_networks(2);
  const std::vector<std::string> good = made_up_photographs(2);
  const std::vector<Photograph> block = {good[0], "no image", PhotographFile{"/nowhere/a.jpg"},
                                         good[1], good[0].substr(0, good[0].size() / 2)};
  const auto streamed = stream_all(*networks, {block, {good[1]}});
  EXPECT_THAT(streamed[0].rows, ElementsAre(0U, 3U));
  EXPECT_EQ(streamed[0].features.size(), 2U * kTinyFeatureCount);
  ASSERT_EQ(streamed[0].failures.size(), 3U);
  std::vector<std::string> kinds;
  for (const StreamFailure& one : streamed[0].failures) {
    kinds.push_back(std::to_string(one.photograph) + " " + one.failure.stage + " " +
                    one.failure.kind);
  }
  EXPECT_THAT(kinds, ElementsAre("1 decode not_an_image", "2 read gone", "4 decode truncated"));
  EXPECT_THAT(streamed[0].failures[1].failure.message, HasSubstr("/nowhere"));
  EXPECT_THAT(streamed[1].failures, IsEmpty());
  DecodeLimits lenient;
  lenient.max_damage = 1;
  const auto salvaged = stream_all(*networks, {{block.back()}}, lenient);
  ASSERT_EQ(salvaged[0].damage.size(), 1U);
  EXPECT_GT(salvaged[0].damage[0], 0.2);
}

TEST(PhotographStream, NamesAFileThatIsMissingAsTheCallerDoes) {
  const auto networks = tiny_networks(1);
  const std::vector<std::string> paths = {"gone.jpg", "no_folder/gone.jpg", "/nowhere/gone.jpg"};
  std::vector<Photograph> files;
  for (const std::string& path : paths) files.emplace_back(PhotographFile{path});
  const auto streamed = stream_all(*networks, {files});
  ASSERT_EQ(streamed[0].failures.size(), 3U);
  std::vector<std::string> messages;
  for (const StreamFailure& one : streamed[0].failures) messages.push_back(one.failure.message);
  const std::string why = ": no such file or folder";
  EXPECT_THAT(messages, ElementsAre(StartsWith("reading gone.jpg" + why),
                                    StartsWith("opening the folder no_folder" + why),
                                    StartsWith("opening the folder /nowhere" + why)));
}

TEST(PhotographStream, ReadsAFileByARelativePath) {
  const auto networks = tiny_networks(1);
  const std::string photograph = made_up_photographs(1)[0];
  const std::string name = "relative photograph_stream.jpg";
  std::ofstream(name, std::ios::binary) << photograph;
  const auto streamed = stream_all(
      *networks, {{photograph}, {PhotographFile{name}}, {PhotographFile{"./gone/../" + name}}});
  std::filesystem::remove(name);
  EXPECT_EQ(streamed[1].features, streamed[0].features);
  EXPECT_EQ(streamed[2].features, streamed[0].features);
}

TEST(PhotographStream, SharesNetworksWithOtherStreams) {
  const auto networks = tiny_networks(2);
  const auto blocks = blocks_of({7, 9, 4, 12, 3});
  const std::vector<float> expected = features_of(stream_all(*networks, blocks));
  std::vector<std::vector<float>> found(4);
  {
    std::vector<std::jthread> threads;
    for (std::vector<float>& of_thread : found) {
      threads.emplace_back([&] { of_thread = features_of(stream_all(*networks, blocks)); });
    }
  }
  for (const auto& of_thread : found) EXPECT_EQ(of_thread, expected);
}

TEST(PhotographStream, EndsWithWhatTheNetworkThrowsAndTheNextOneWorks) {
  const auto networks = tiny_networks(2);
  const auto blocks = blocks_of({3, 3});
  const std::vector<float> expected = features_of(stream_all(*networks, blocks));
  {
    PhotographStream stream(*networks, {});
    stream.submit({white_photograph()});
    EXPECT_THROW(next_of(stream), Error);
    stream.submit(blocks[0]);
    EXPECT_THROW(next_of(stream), Error);  // for every block after it as well
    while (!stream.is_idle()) std::this_thread::yield();
    EXPECT_EQ(stream.pending(), 2U);
  }
  EXPECT_EQ(features_of(stream_all(*networks, blocks)), expected);
}

TEST(PhotographStream, EndsInTheMiddleAndLeavesTheNetworksToOthers) {
  const auto networks = tiny_networks(2);
  const auto blocks = blocks_of({5, 5});
  const std::vector<float> expected = features_of(stream_all(*networks, blocks));
  for (int i = 0; i < 20; ++i) {
    PhotographStream stream(*networks, {});
    for (const auto& block : blocks_of({40, 40, 40})) stream.submit(block);
    if (i % 2 == 0) (void)next_of(stream);
  }
  EXPECT_EQ(features_of(stream_all(*networks, blocks)), expected);
}

TEST(PhotographStream, StopsWithoutWaiting) {
  const auto networks = tiny_networks(1);
  PhotographStream stream(*networks, {});
  EXPECT_FALSE(stream.is_idle());
  stream.submit(blocks_of({4})[0]);
  stream.stop();
  while (!stream.is_idle()) std::this_thread::yield();
  EXPECT_LE(stream.pending(), 1U);
}

TEST(PhotographStream, ReturnsNothingWhileABlockIsNotReady) {
  const auto networks = tiny_networks(1);
  PhotographStream stream(*networks, {});
  EXPECT_FALSE(stream.next(std::chrono::milliseconds(1)).has_value());
  EXPECT_EQ(stream.pending(), 0U);
  EXPECT_EQ(stream.enough(), 2U);
}

TEST(PhotographStream, RefusesLimitsOutOfRange) {
  const auto networks = tiny_networks(1);
  DecodeLimits limits;
  limits.max_damage = 2;
  EXPECT_THROW(PhotographStream(*networks, limits), Error);
}

// New threads get a stack that no address space holds.
class NoThreads {
 public:
  NoThreads() {
    pthread_getattr_default_np(&before_);
    pthread_attr_t huge;
    pthread_attr_init(&huge);
    pthread_attr_setstacksize(&huge, std::size_t{1} << 47U);
    pthread_setattr_default_np(&huge);
    pthread_attr_destroy(&huge);
  }
  ~NoThreads() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;

 private:
  pthread_attr_t before_;
};

TEST(PhotographStream, SaysWhenNoThreadCanBeStartedAndWorksWhenOneCan) {
  const auto networks = tiny_networks(2);
  const auto blocks = blocks_of({3});
  try {
    const NoThreads none;
    const PhotographStream stream(*networks, {});
    FAIL() << "threads were started";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
    EXPECT_THAT(error.what(), HasSubstr("starts no more threads"));
  }
  EXPECT_EQ(features_of(stream_all(*networks, blocks)).size(), 3U * kTinyFeatureCount);
}

}  // namespace
}  // namespace pomona
