// SPDX-License-Identifier: Apache-2.0
// What a row costs in the tables: written, read back, and as CSV.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>

#include "pomona/storage/memory_store.h"
#include "pomona/table/made_up_rows.h"
#include "pomona/table/parquet_reader.h"
#include "pomona/table/parquet_writer.h"
#include "pomona/training/reduced_csv.h"

namespace pomona {
namespace {

constexpr std::size_t kRows = 2 * kRowGroupRows;

// Counts bytes and drops them, so that the store costs nothing.
class Nowhere final : public ObjectStore {
 public:
  std::string describe() const override { return "nowhere"; }
  void list(std::string_view, const std::function<void(const ObjectInfo&)>&) const override {}
  bool exists(std::string_view) const override { return false; }
  using ObjectStore::read;
  void read(std::string_view, std::uint64_t, std::string& content,
            std::string_view) const override {
    content.clear();
  }
  std::unique_ptr<ObjectReader> open(std::string_view) const override { return nullptr; }
  std::unique_ptr<ObjectWriter> create(std::string_view) override {
    return std::make_unique<Writer>(bytes);
  }
  bool write_if_absent(std::string_view, std::string_view) override { return true; }
  void move(std::string_view, std::string_view) override {}
  void remove(std::string_view) override {}
  void remove_objects(const std::vector<std::string>&) override {}
  std::size_t remove_unfinished(const std::vector<std::string>&, bool) override { return 0; }

  std::uint64_t bytes = 0;

 private:
  struct Writer final : ObjectWriter {
    explicit Writer(std::uint64_t& total) : bytes(total) {}
    void write(std::string_view more) override { bytes += more.size(); }
    void commit() override {}
    std::uint64_t& bytes;
  };
};

void set_counters(benchmark::State& state, std::uint64_t rows) {
  state.SetItemsProcessed(static_cast<std::int64_t>(rows));
  state.counters["s/row"] = benchmark::Counter(
      static_cast<double>(rows), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void write_features(benchmark::State& state) {
  const auto dims = static_cast<std::size_t>(state.range(0));
  const auto batch = made_up_rows<FeatureBatch>(0, 64, dims);
  Nowhere store;
  std::uint64_t rows = 0;
  for (auto _ : state) {
    FeatureTableWriter writer(store, "features");
    for (std::size_t done = 0; done < kRows; done += batch.rows()) writer.add(batch);
    writer.finish();
    rows += kRows;
  }
  set_counters(state, rows);
  state.counters["bytes/row"] = static_cast<double>(store.bytes) / static_cast<double>(rows);
}
BENCHMARK(write_features)->Arg(1280)->Arg(2048)->Unit(benchmark::kMillisecond);

void read_features(benchmark::State& state) {
  MemoryStore store;
  FeatureTableWriter writer(store, "features");
  writer.add(made_up_rows<FeatureBatch>(0, kRows, static_cast<std::size_t>(state.range(0))));
  writer.finish();
  FeatureBatch batch;
  std::uint64_t rows = 0;
  for (auto _ : state) {
    FeatureTableReader reader(store, "features");
    while (reader.next(batch)) rows += batch.rows();
  }
  set_counters(state, rows);
}
BENCHMARK(read_features)->Arg(1280)->Arg(2048)->Unit(benchmark::kMillisecond);

void read_keys(benchmark::State& state) {
  MemoryStore store;
  FeatureTableWriter writer(store, "features");
  writer.add(made_up_rows<FeatureBatch>(0, kRows, 1280));
  writer.finish();
  FeatureBatch batch;
  std::uint64_t rows = 0;
  for (auto _ : state) {
    FeatureTableReader reader(store, "features", TableColumns::kKeys);
    while (reader.next(batch)) rows += batch.rows();
  }
  set_counters(state, rows);
}
BENCHMARK(read_keys)->Unit(benchmark::kMillisecond);

void write_reduced(benchmark::State& state) {
  const auto batch = made_up_rows<ReducedBatch>(0, kRows, 200);
  Nowhere store;
  std::uint64_t rows = 0;
  for (auto _ : state) {
    ReducedTableWriter writer(store, "reduced");
    writer.add(batch);
    writer.finish();
    rows += kRows;
  }
  set_counters(state, rows);
}
BENCHMARK(write_reduced)->Unit(benchmark::kMillisecond);

void write_reduced_csv(benchmark::State& state) {
  const auto batch = made_up_rows<ReducedBatch>(0, kRows, 200);
  Nowhere store;
  std::uint64_t rows = 0;
  for (auto _ : state) {
    ReducedCsvWriter writer(store, "reduced.csv");
    writer.add(batch);
    writer.finish();
    rows += kRows;
  }
  set_counters(state, rows);
}
BENCHMARK(write_reduced_csv)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace pomona
