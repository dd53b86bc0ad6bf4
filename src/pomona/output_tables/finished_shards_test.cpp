// SPDX-License-Identifier: Apache-2.0
#include "pomona/output_tables/finished_shards.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/output/checked_json.h"
#include "pomona/storage/memory_store.h"
#include "pomona/table/schema.h"

namespace pomona {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kWidth = 3;

Manifest made_up_manifest(std::size_t rows) {
  Manifest manifest;
  manifest.labels = {"a"};
  for (std::size_t i = 0; i < rows; ++i) {
    ManifestRow row;
    row.path = manifest.texts->keep("a/" + std::to_string(100 + i) + ".jpg");
    row.bytes = 10 * i;
    manifest.rows.push_back(row);
  }
  return manifest;
}

// Row 4 could not be decoded, row 5 is no image; every second of the others has a preview.
ExtractedBlock made_up_block(const Manifest& manifest, std::size_t first, std::size_t last) {
  ExtractedBlock block;
  block.first = first;
  for (std::size_t row = first; row < last; ++row) {
    block.sha256.emplace_back(64, static_cast<char>('0' + row % 10));
    block.damage.push_back(row == 6 ? 0.5 : 0);
    block.bytes += manifest.rows[row].bytes;
    block.status.push_back(row == 4   ? FileStatus::kFailed
                           : row == 5 ? FileStatus::kSkipped
                                      : FileStatus::kOk);
    if (row == 4) {
      block.failures.push_back({Split::kTrain, std::string(manifest.rows[row].path), "decode",
                                "truncated", "it ends too early"});
    }
    if (block.status.back() != FileStatus::kOk) continue;
    for (std::size_t k = 0; k < kWidth; ++k) {
      block.features.push_back(static_cast<float>(row) + 0.25F * static_cast<float>(k));
    }
    if (row % 2 != 0) continue;
    block.preview_rows.push_back(row);
    block.previews.emplace_back(10 + row, static_cast<char>(row));
  }
  return block;
}

void finish(FinishedShards& shards, std::size_t shard, const Manifest& manifest) {
  const auto [number, first, last] = shards.shards()[shard];
  const auto writer = shards.begin(number);
  const std::size_t middle = first + (last - first) / 2;
  writer->add(made_up_block(manifest, first, middle));
  writer->add(made_up_block(manifest, middle, last));
  writer->finish();
}

class FinishedShardsTest : public ::testing::Test {
 protected:
  // The only part of a shard that lies in the work folder.
  std::string part(const std::string& table, std::size_t shard) {
    const std::string number = part_name(shard).substr(0, part_name(shard).find('.'));
    std::vector<std::string> found;
    work_.list(table, [&](const ObjectInfo& object) {
      if (object.key.starts_with(table + "/" + number)) found.push_back(object.key);
    });
    EXPECT_EQ(found.size(), 1U);
    return found.at(0);
  }

  FinishedShards shards() { return {work_, manifest_, 4, /*with_previews=*/true}; }

  Manifest manifest_ = made_up_manifest(10);
  MemoryStore work_;
};

TEST(Shards, AreRangesOfTheManifest) {
  const std::vector<Shard> shards = cut_into_shards(10, 4);
  ASSERT_EQ(shards.size(), 3U);
  EXPECT_EQ(shards[2].number, 2U);
  EXPECT_EQ(shards[2].first, 8U);
  EXPECT_EQ(shards[2].last, 10U);
  EXPECT_EQ(cut_into_shards(0, 4).size(), 1U);
  EXPECT_EQ(cut_into_shards(8, 4).size(), 2U);
}

TEST_F(FinishedShardsTest, AreReadBackByAnotherProcess) {
  FinishedShards first = shards();
  finish(first, 1, manifest_);
  finish(first, 2, manifest_);
  FinishedShards second = shards();
  EXPECT_EQ(second.find(2), 0U);
  EXPECT_EQ(second.finished(), 2U);
  EXPECT_FALSE(second.is_finished(0));
  EXPECT_EQ(second.failed(1), 1U);
  const ExtractedBlock found = second.read(1);
  const ExtractedBlock made = made_up_block(manifest_, 4, 8);
  EXPECT_EQ(found.first, made.first);
  EXPECT_EQ(found.status, made.status);
  EXPECT_EQ(found.sha256, made.sha256);
  EXPECT_EQ(found.damage, made.damage);
  EXPECT_EQ(found.features, made.features);
  EXPECT_EQ(found.preview_rows, made.preview_rows);
  EXPECT_EQ(found.previews, made.previews);
  EXPECT_EQ(found.bytes, made.bytes);
  ASSERT_EQ(found.failures.size(), 1U);
  EXPECT_EQ(found.failures[0].path, "a/104.jpg");
  EXPECT_EQ(found.failures[0].kind, "truncated");
}

// A machine that shares the work does not read what others have finished.
TEST_F(FinishedShardsTest, ThoseOfOthersAreCountedAndNotRead) {
  FinishedShards first = shards();
  finish(first, 0, manifest_);
  finish(first, 2, manifest_);
  work_.write(part("features", 0), "damaged");
  FinishedShards mine = shards();
  EXPECT_EQ(mine.find(2, [](std::size_t shard) { return shard > 0; }), 0U);
  EXPECT_EQ(mine.finished(), 1U);
  EXPECT_TRUE(mine.is_finished(2));
  EXPECT_EQ(mine.recorded(), 2U);
  EXPECT_EQ(mine.find(2), 1U);
  EXPECT_EQ(mine.recorded(), 1U);
}

// Its digest is right: another version wrote it.
TEST_F(FinishedShardsTest, ARecordOfAnotherShapeIsDamaged) {
  FinishedShards first = shards();
  finish(first, 1, manifest_);
  const std::string key = "shards/1.json";
  const Json valid = read_checked_json(work_, key).value_or(Json());
  const auto is_found = [&](const Json& record) {
    work_.write(key, print_checked_json(record));
    FinishedShards second = shards();
    second.find(1);
    return second.is_finished(1);
  };
  ASSERT_TRUE(is_found(valid));
  EXPECT_FALSE(is_found(nullptr));
  const Json flat = valid.flatten();
  for (const auto& pointer : flat.items()) {
    for (std::string path = pointer.key(); !path.empty(); path.resize(path.rfind('/'))) {
      const Json::json_pointer at(path);
      if (path == "/failures/0") continue;  // one less is as good
      Json record = valid;
      if (record[at.parent_pointer()].is_object()) {
        record[at.parent_pointer()].erase(at.back());
        EXPECT_FALSE(is_found(record)) << path << " removed";
      }
      for (const Json& other : {Json(), Json(-1), Json(0.5), Json(Json::array({3}))}) {
        record = valid;
        record[at] = other;
        EXPECT_FALSE(is_found(record)) << path << " " << other;
      }
    }
  }
}

TEST_F(FinishedShardsTest, B20WhatIsDamagedIsNotFinished) {
  FinishedShards made = shards();
  for (std::size_t shard = 0; shard < 3; ++shard) finish(made, shard, manifest_);
  work_.write("shards/0.json", work_.read("shards/0.json") + " ");
  work_.remove(part("previews", 1));
  std::string features = work_.read(part("features", 2));
  features[features.size() / 2] ^= 1;
  work_.write(part("features", 2), features);
  FinishedShards found = shards();
  EXPECT_EQ(found.find(2), 3U);
  EXPECT_EQ(found.finished(), 0U);
  EXPECT_FALSE(work_.exists("shards/1.json")) << "nobody else may take it for finished";
}

TEST_F(FinishedShardsTest, PartsThatChangeUnderARunAreAnError) {
  FinishedShards made = shards();
  finish(made, 0, manifest_);
  work_.write(part("manifest", 0), "something else");
  try {
    made.read(0);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
    EXPECT_THAT(error.what(), HasSubstr("manifest/part-00000"));
  }
}

TEST_F(FinishedShardsTest, B5TheSameShardTwiceIsOne) {
  FinishedShards one = shards();
  FinishedShards two = shards();
  finish(one, 0, manifest_);
  finish(two, 0, manifest_);
  EXPECT_TRUE(two.is_finished(0));
}

TEST_F(FinishedShardsTest, B5WhoMakesSomethingElseTouchesNothing) {
  FinishedShards made = shards();
  for (std::size_t shard = 0; shard < 3; ++shard) finish(made, shard, manifest_);
  FinishedShards other = shards();
  const auto writer = other.begin(0);
  ExtractedBlock block = made_up_block(manifest_, 0, 4);
  block.features[0] = 17;
  writer->add(block);
  EXPECT_THROW(writer->finish(), Error) << "of the same photographs it made something else";
  EXPECT_EQ(made.read(0).features, made_up_block(manifest_, 0, 4).features);
  MemoryStore staged;
  made.complete(staged);
  const auto digests = made.digests();
  for (const auto& [from, to] : made.moves()) {
    EXPECT_EQ(sha256(work_.read(from)), digests.at(to)) << from;
  }
  FeatureTableReader learnt(work_, made.features(), TableColumns::kKeys);
  EXPECT_EQ(learnt.rows(), 8U) << "the part of the other lies beside those of the table";
}

TEST_F(FinishedShardsTest, CompleteAccountsForEveryFile) {
  FinishedShards made = shards();
  for (std::size_t shard = 0; shard < 3; ++shard) finish(made, shard, manifest_);
  EXPECT_EQ(made.finished(), made.shards().size());
  MemoryStore staged;
  made.complete(staged);
  EXPECT_EQ(staged.read("shards.csv"),
            "part,first_path,files,ok,failed,skipped,bytes\n"
            "0,a/100.jpg,4,4,0,0,60\n"
            "1,a/104.jpg,4,2,1,1,220\n"
            "2,a/108.jpg,2,2,0,0,170\n");
  const auto digests = made.digests();
  EXPECT_EQ(digests.size(), 12U);
  std::set<std::string> published;
  for (const auto& [from, to] : made.moves()) {
    EXPECT_TRUE(work_.exists(from)) << from;
    EXPECT_TRUE(digests.contains(to)) << to;
    published.insert(to);
  }
  EXPECT_EQ(published.size(), 12U);
  EXPECT_TRUE(published.contains("features/part-00002.snappy.parquet"));
}

TEST_F(FinishedShardsTest, AForgottenShardIsMadeAnew) {
  FinishedShards made = shards();
  finish(made, 0, manifest_);
  made.forget(0);
  EXPECT_FALSE(made.is_finished(0));
  EXPECT_EQ(made.find(1), 0U);
  EXPECT_FALSE(made.is_finished(0));
}

}  // namespace
}  // namespace pomona
