// SPDX-License-Identifier: Apache-2.0
#include "pomona/table/parquet_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/storage/local_store.h"
#include "pomona/storage/memory_store.h"
#include "pomona/table/made_up_rows.h"
#include "pomona/table/parquet_reader.h"

namespace pomona {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

std::map<std::string, std::string> contents(const ObjectStore& store) {
  std::map<std::string, std::string> found;
  store.list("", [&](const ObjectInfo& info) { found[info.key] = store.read(info.key); });
  return found;
}

// Writes rows [0, rows) in batches of the given sizes, again and again.
template <class Batch>
void write_table(ObjectStore& store, std::size_t rows, std::size_t dims,
                 const std::vector<std::size_t>& cuts) {
  TableWriter<Batch> writer(store, "table");
  std::size_t next = 0;
  for (std::size_t done = 0; done < rows;) {
    const std::size_t count = std::min(cuts[next++ % cuts.size()], rows - done);
    writer.add(made_up_rows<Batch>(done, count, dims));
    done += count;
  }
  writer.finish();
}

template <class Batch>
class EveryTable : public ::testing::Test {};
using Batches = ::testing::Types<FeatureBatch, ManifestBatch, ReducedBatch, PreviewBatch>;
TYPED_TEST_SUITE(EveryTable, Batches);

template <class Batch>
void expect_equal(const Batch& found, const Batch& expected, std::size_t first) {
  const auto expect_column = [&](const TableColumn& column, const auto& values, const auto& other) {
    EXPECT_TRUE(values == other) << column.name << " from row " << first;
  };
  visit_columns(expect_column, found, expected);
}

TYPED_TEST(EveryTable, ComesBackAsItWas) {
  MemoryStore store;
  constexpr std::size_t kRows = 2 * kRowGroupRows + 100;
  write_table<TypeParam>(store, kRows, 7, {1000});
  TableReader<TypeParam> reader(store, "table");
  EXPECT_EQ(reader.rows(), kRows);
  TypeParam batch;
  std::size_t done = 0;
  while (reader.next(batch)) {
    ASSERT_LE(batch.rows(), kRowGroupRows);
    expect_equal(batch, made_up_rows<TypeParam>(done, batch.rows(), 7), done);
    done += batch.rows();
  }
  EXPECT_EQ(done, kRows);
  EXPECT_EQ(batch.rows(), 0U);
}

TYPED_TEST(EveryTable, HasTheSameBytesHoweverItWasCut) {
  MemoryStore whole;
  MemoryStore single;
  MemoryStore mixed;
  constexpr std::size_t kRows = kRowGroupRows + 700;
  write_table<TypeParam>(whole, kRows, 50, {kRows});
  write_table<TypeParam>(single, kRows, 50, {1});
  write_table<TypeParam>(mixed, kRows, 50, {8, 3, 512, 1});
  EXPECT_TRUE(contents(whole) == contents(single));
  EXPECT_TRUE(contents(whole) == contents(mixed));
}

TYPED_TEST(EveryTable, HasAPartAlsoWhenEmpty) {
  MemoryStore store;
  TableWriter<TypeParam>(store, "").finish();
  EXPECT_THAT(contents(store),
              ElementsAre(Pair("_SUCCESS", ""), Pair("part-00000.snappy.parquet", ::testing::_)));
  TableReader<TypeParam> reader(store, "");
  EXPECT_EQ(reader.rows(), 0U);
  TypeParam batch = made_up_rows<TypeParam>(0, 3, 4);
  EXPECT_FALSE(reader.next(batch));
  EXPECT_EQ(batch.rows(), 0U);
}

TYPED_TEST(EveryTable, LeavesNothingWhenNotFinished) {
  MemoryStore store;
  {
    TableWriter<TypeParam> writer(store, "table");
    writer.add(made_up_rows<TypeParam>(0, kRowGroupRows + 10, 3));
  }
  EXPECT_THAT(contents(store), IsEmpty());
}

TEST(ParquetWriter, CutsPartsByRows) {
  MemoryStore store;
  constexpr std::size_t kRows = 2 * kPartRows + 1;
  write_table<ManifestBatch>(store, kRows, 0, {10'000});
  std::vector<std::string> keys;
  for (const auto& [key, bytes] : contents(store)) keys.push_back(key);
  EXPECT_THAT(keys,
              ElementsAre("table/_SUCCESS", "table/part-00000.snappy.parquet",
                          "table/part-00001.snappy.parquet", "table/part-00002.snappy.parquet"));
  EXPECT_EQ(ManifestReader(store, "table/part-00001.snappy.parquet").rows(), kPartRows);
  EXPECT_EQ(ManifestReader(store, "table/part-00002.snappy.parquet").rows(), 1U);
  ManifestReader reader(store, "table");
  EXPECT_EQ(reader.rows(), kRows);
  ManifestBatch batch;
  std::size_t done = 0;
  for (; reader.next(batch); done += batch.rows()) {
    ASSERT_EQ(batch.path.front(), made_up_path(done));
  }
  EXPECT_EQ(done, kRows);
}

TEST(ParquetWriter, LeavesNothingOfFullPartsWhenNotFinished) {
  MemoryStore store;
  {
    ManifestWriter writer(store, "table");
    writer.add(made_up_rows<ManifestBatch>(0, kPartRows + 1, 0));
  }
  EXPECT_THAT(contents(store), IsEmpty());
}

template <class Batch>
void expect_refused(const std::vector<Batch>& batches, const std::string& part) {
  MemoryStore store;
  TableWriter<Batch> writer(store, "table");
  try {
    for (const Batch& batch : batches) writer.add(batch);
    ADD_FAILURE() << "no error with \"" << part << "\"";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
    EXPECT_THAT(error.what(), HasSubstr(part));
  }
}

TEST(ParquetWriter, RefusesRowsThatDoNotFit) {
  auto batch = made_up_rows<FeatureBatch>(0, 3, 4);
  batch.label.pop_back();
  expect_refused<FeatureBatch>({batch}, "column label: expected 3 rows, found 2");
  batch = made_up_rows<FeatureBatch>(0, 3, 4);
  batch.features = Matrix<float>(2, 4);
  expect_refused<FeatureBatch>({batch}, "column features: expected 3 rows, found 2");
  expect_refused<FeatureBatch>(
      {made_up_rows<FeatureBatch>(0, 3, 4), made_up_rows<FeatureBatch>(0, 3, 5)},
      "expected rows of 4 numbers, found 5");
  expect_refused<FeatureBatch>({made_up_rows<FeatureBatch>(0, 3, 0)},
                               "expected rows of 1 numbers, found 0");
  batch = made_up_rows<FeatureBatch>(0, 3, 4);
  batch.path[1] = "\xFF";
  expect_refused<FeatureBatch>({batch}, "column path: text that is not UTF-8");
}

// A store that takes so many bytes and no more.
class SmallStore final : public ObjectStore {
 public:
  explicit SmallStore(std::size_t room) : room_(room) {}

  std::string describe() const override { return "small"; }
  void list(std::string_view prefix,
            const std::function<void(const ObjectInfo&)>& found) const override {
    inner_.list(prefix, found);
  }
  bool exists(std::string_view key) const override { return inner_.exists(key); }
  using ObjectStore::read;
  void read(std::string_view key, std::uint64_t most, std::string& bytes,
            std::string_view version) const override {
    inner_.read(key, most, bytes, version);
  }
  std::unique_ptr<ObjectReader> open(std::string_view key) const override {
    return inner_.open(key);
  }
  std::unique_ptr<ObjectWriter> create(std::string_view key) override {
    return std::make_unique<Writer>(room_, inner_.create(key));
  }
  bool write_if_absent(std::string_view key, std::string_view bytes) override {
    return inner_.write_if_absent(key, bytes);
  }
  void move(std::string_view from, std::string_view to) override { inner_.move(from, to); }
  void remove(std::string_view key) override { inner_.remove(key); }
  void remove_objects(const std::vector<std::string>& keys) override {
    inner_.remove_objects(keys);
  }
  std::size_t remove_unfinished(const std::vector<std::string>&, bool) override { return 0; }

 private:
  class Writer final : public ObjectWriter {
   public:
    Writer(std::size_t& room, std::unique_ptr<ObjectWriter> inner)
        : room_(room), inner_(std::move(inner)) {}
    void write(std::string_view bytes) override {
      if (bytes.size() > room_) throw Error(ErrorKind::kUnavailable, "the small store is full");
      room_ -= bytes.size();
      inner_->write(bytes);
    }
    void commit() override { inner_->commit(); }

   private:
    std::size_t& room_;
    std::unique_ptr<ObjectWriter> inner_;
  };

  MemoryStore inner_;
  std::size_t room_;
};

TEST(ParquetWriter, PassesTheErrorOfAFullStoreAndLeavesNothing) {
  MemoryStore large;
  write_table<FeatureBatch>(large, kRowGroupRows + 100, 20, {64});
  const std::size_t size = contents(large)["table/part-00000.snappy.parquet"].size();
  // Full at the first bytes, within a row group, within the footer.
  for (const std::size_t room : {std::size_t{0}, std::size_t{10}, size / 2, size - 20, size - 1}) {
    SmallStore store(room);
    try {
      write_table<FeatureBatch>(store, kRowGroupRows + 100, 20, {64});
      ADD_FAILURE() << "no error with room for " << room;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
      EXPECT_STREQ(error.what(), "the small store is full");
    }
    EXPECT_THAT(contents(store), IsEmpty());
  }
  SmallStore store(size);
  write_table<FeatureBatch>(store, kRowGroupRows + 100, 20, {64});
  EXPECT_EQ(contents(store).size(), 2U);
}

// What others make of our files is asked of pyarrow itself.
TEST(ParquetWriter, IsReadByPyarrow) {
  std::string folder = ::testing::TempDir() + "pomona-table-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  LocalStore store(folder);
  FeatureTableWriter features(store, "features");
  features.add(made_up_rows<FeatureBatch>(0, kRowGroupRows + 5, 3));
  features.finish();
  ManifestWriter manifest(store, "manifest");
  manifest.add(made_up_rows<ManifestBatch>(0, 10, 0));
  manifest.finish();
  ReducedTableWriter reduced(store, "reduced");
  reduced.add(made_up_rows<ReducedBatch>(0, 10, 2));
  reduced.finish();
  PreviewTableWriter previews(store, "previews");
  previews.add(made_up_rows<PreviewBatch>(0, 10, 0));
  previews.finish();
  FeatureTableWriter(store, "empty").finish();
  const std::string command = std::string(POMONA_SOURCE) + "/.venv/bin/python " + POMONA_SOURCE +
                              "/tests/read_tables_with_pyarrow.py " + folder;
  // NOLINTNEXTLINE(bugprone-command-processor): a test's own command
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  for (const std::string name : {"features", "manifest", "reduced", "previews", "empty"}) {
    store.remove(name);
  }
  std::remove(folder.c_str());
}

}  // namespace
}  // namespace pomona
