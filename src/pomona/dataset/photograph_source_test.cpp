// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/photograph_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <new>
#include <system_error>
#include <thread>

#include "pomona/base/error.h"
#include "pomona/base/failing_memory.h"
#include "pomona/base/parallel.h"
#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

using ::testing::HasSubstr;

// A store that answers late and counts who waits for it.
class FarStore final : public ObjectStore {
 public:
  explicit FarStore(std::size_t readers) : readers_(readers) {}

  std::size_t concurrent_reads() const override { return readers_; }
  void read(std::string_view key, std::uint64_t max_bytes, std::string& bytes,
            std::string_view version) const override {
    const int now = ++under_way_;
    int seen = most_;
    while (now > seen && !most_.compare_exchange_weak(seen, now)) {
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    --under_way_;
    near_.read(key, max_bytes, bytes, version);
  }
  int most_at_once() const { return most_; }

  std::string describe() const override { return near_.describe(); }
  void list(std::string_view prefix,
            const std::function<void(const ObjectInfo&)>& found) const override {
    near_.list(prefix, found);
  }
  bool exists(std::string_view key) const override { return near_.exists(key); }
  std::unique_ptr<ObjectReader> open(std::string_view key) const override {
    return near_.open(key);
  }
  std::unique_ptr<ObjectWriter> create(std::string_view key) override { return near_.create(key); }
  bool write_if_absent(std::string_view key, std::string_view bytes) override {
    return near_.write_if_absent(key, bytes);
  }
  void move(std::string_view from, std::string_view to) override { near_.move(from, to); }
  void remove(std::string_view key) override { near_.remove(key); }
  void remove_objects(const std::vector<std::string>& keys) override { near_.remove_objects(keys); }
  std::size_t remove_unfinished(const std::vector<std::string>&, bool) override { return 0; }

 private:
  std::size_t readers_;
  MemoryStore near_;
  mutable std::atomic<int> under_way_ = 0;
  mutable std::atomic<int> most_ = 0;
};

constexpr std::size_t kRows = 200;

struct Photographs {
  explicit Photographs(std::size_t readers) : store(std::make_shared<FarStore>(readers)) {
    manifest.labels = {"a"};
    for (std::size_t i = 0; i < kRows; ++i) {
      ManifestRow row;
      row.path = manifest.texts->keep("a/" + std::to_string(i));
      row.bytes = 100;
      if (i % 7 == 3) row.status = FileStatus::kSkipped;
      if (i != 50) store->write(row.path, std::string(100, static_cast<char>('a' + i % 26)));
      manifest.rows.push_back(row);
    }
  }

  ScratchVector<std::size_t> rows() const {
    ScratchVector<std::size_t> rows;
    for (std::size_t i = 0; i < kRows; ++i) {
      if (manifest.rows[i].status == FileStatus::kOk) rows.push_back(i);
    }
    return rows;
  }

  void read_all(PhotographSource& source, std::size_t workers) {
    parallel_for(kRows / 10, workers, [&](std::size_t chunk, std::size_t) {
      std::string bytes;
      for (std::size_t i = chunk * 10; i < chunk * 10 + 10; ++i) {
        if (manifest.rows[i].status != FileStatus::kOk) continue;
        const auto failure = source.read(i, bytes);
        if (i == 50) {
          ASSERT_TRUE(failure);
          EXPECT_EQ(failure->kind, "gone");
          EXPECT_THAT(failure->message, HasSubstr("a/50"));
        } else {
          ASSERT_FALSE(failure);
          EXPECT_EQ(bytes, std::string(100, static_cast<char>('a' + i % 26)));
        }
      }
    });
  }

  std::shared_ptr<FarStore> store;
  Manifest manifest;
};

TEST(PhotographSourceTest, GivesEveryPhotograph) {
  for (const std::size_t readers : {0U, 1U, 8U}) {
    for (const std::size_t workers : {1U, 3U}) {
      Photographs photographs(readers);
      const ImageRoots roots{photographs.store, nullptr};
      PhotographSource source(roots, photographs.manifest, photographs.rows());
      photographs.read_all(source, workers);
    }
  }
}

TEST(PhotographSourceTest, ReadsManyAtOnceButHoldsNoMoreThanItMay) {
  Photographs photographs(16);
  const ImageRoots roots{photographs.store, nullptr};
  {
    PhotographSource source(roots, photographs.manifest, photographs.rows());
    photographs.read_all(source, 2);
  }
  EXPECT_GE(photographs.store->most_at_once(), 8);

  Photographs narrow(16);
  const ImageRoots narrow_roots{narrow.store, nullptr};
  PhotographSource source(narrow_roots, narrow.manifest, narrow.rows(), /*max_bytes=*/350);
  narrow.read_all(source, 1);
  EXPECT_LE(narrow.store->most_at_once(), 3);
}

// A system that allows `most` threads.
StartThread at_most(std::size_t most) {
  return [left = most](std::function<void()> body) mutable {
    if (left-- == 0) {
      throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
    }
    return start_thread(std::move(body));
  };
}

TEST(PhotographSourceTest, AReaderWithoutMemoryFailsTheReadAndNotTheProcess) {
  Photographs photographs(2);
  const ImageRoots roots{photographs.store, nullptr};
  PhotographSource source(roots, photographs.manifest, photographs.rows(), 64ULL << 20U,
                          [](std::function<void()> body) {
                            return start_thread([body = std::move(body)] {
                              const FailingMemory failing(/*bytes=*/1);
                              body();
                            });
                          });
  std::string bytes;
  EXPECT_THROW(source.read(0, bytes), std::bad_alloc);
}

TEST(PhotographSourceTest, ReadsWithTheThreadsThatStart) {
  for (const std::size_t started : {0U, 1U, 3U}) {
    Photographs photographs(8);
    const ImageRoots roots{photographs.store, nullptr};
    PhotographSource source(roots, photographs.manifest, photographs.rows(), /*max_bytes=*/1000,
                            at_most(started));
    photographs.read_all(source, 2);
    EXPECT_LE(photographs.store->most_at_once(), std::max<int>(static_cast<int>(started), 2));
  }
}

TEST(PhotographSourceTest, MayBeLeftHalfWay) {
  Photographs photographs(8);
  const ImageRoots roots{photographs.store, nullptr};
  PhotographSource source(roots, photographs.manifest, photographs.rows(), /*max_bytes=*/1000);
  std::string bytes;
  EXPECT_FALSE(source.read(0, bytes));
}

TEST(PhotographSourceTest, LetsGoOfWhoWaitsForRoom) {
  Photographs photographs(8);
  const ImageRoots roots{photographs.store, nullptr};
  PhotographSource source(roots, photographs.manifest, photographs.rows(), /*max_bytes=*/100);
  std::jthread waiting([&] {  // nobody takes what lies in front of it
    std::string bytes;
    EXPECT_THROW(source.read(100, bytes), Error);
  });
  source.abort();
}

TEST(PhotographSourceTest, WhoIsLetGoTellsWhatTheFirstFailureWas) {
  Photographs photographs(8);
  const ImageRoots roots{photographs.store, nullptr};
  PhotographSource source(roots, photographs.manifest, photographs.rows(), /*max_bytes=*/100);
  // Of the pieces that fail the lowest is reported, and it is one that only waited.
  const auto run = [&] {
    parallel_for(2, 2, [&](std::size_t piece, std::size_t) {
      std::string bytes;
      try {
        if (piece == 1) throw std::runtime_error("no memory is left");
        source.read(100, bytes);
      } catch (...) {
        source.abort();
        throw;
      }
    });
  };
  EXPECT_THAT(run, testing::ThrowsMessage<std::runtime_error>("no memory is left"));
}

}  // namespace
}  // namespace pomona
