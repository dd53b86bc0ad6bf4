// SPDX-License-Identifier: Apache-2.0
// A bucket in memory for tests: lets objects fail, and counts who reads, and how much. Any thread,
// once it is set up.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/storage/memory_store.h"
#include "pomona/storage/store_opener.h"

namespace pomona {

class MadeUpBucket final : public ObjectStore {
 public:
  std::size_t readers = 8;
  std::map<std::string, ErrorKind, std::less<>> failing;
  bool no_memory = false;
  std::function<void(std::string_view key)> on_read = [](std::string_view) {};

  std::size_t concurrent_reads() const override { return readers; }
  void read(std::string_view key, std::uint64_t max_bytes, std::string& bytes,
            std::string_view version) const override {
    const Reading reading(*this, max_bytes);
    on_read(key);
    if (no_memory) throw std::bad_alloc();
    const auto failure = failing.find(key);
    if (failure != failing.end()) throw Error(failure->second, "reading " + std::string(key));
    objects_.read(key, max_bytes, bytes, version);
  }
  std::size_t most_at_once() const { return most_; }
  std::uint64_t most_allowed() const { return most_allowed_; }
  std::size_t reads() const {
    const std::lock_guard lock(mutex_);
    return reads_;
  }

  std::string describe() const override { return "bucket"; }
  void list(std::string_view, const std::function<void(const ObjectInfo&)>&) const override {}
  bool exists(std::string_view key) const override { return objects_.exists(key); }
  std::unique_ptr<ObjectReader> open(std::string_view key) const override {
    return objects_.open(key);
  }
  std::unique_ptr<ObjectWriter> create(std::string_view key) override {
    return objects_.create(key);
  }
  bool write_if_absent(std::string_view key, std::string_view bytes) override {
    return objects_.write_if_absent(key, bytes);
  }
  void move(std::string_view from, std::string_view to) override { objects_.move(from, to); }
  void remove(std::string_view key) override { objects_.remove(key); }
  void remove_objects(const std::vector<std::string>& keys) override {
    objects_.remove_objects(keys);
  }
  std::size_t remove_unfinished(const std::vector<std::string>&, bool) override { return 0; }

 private:
  class Reading {
   public:
    Reading(const MadeUpBucket& bucket, std::uint64_t allowed)
        : bucket_(bucket), allowed_(allowed) {
      const std::lock_guard lock(bucket.mutex_);
      ++bucket.reads_;
      bucket.most_ = std::max(bucket.most_, ++bucket.now_);
      bucket.most_allowed_ = std::max(bucket.most_allowed_, bucket.allowed_ += allowed);
    }
    ~Reading() {
      const std::lock_guard lock(bucket_.mutex_);
      --bucket_.now_;
      bucket_.allowed_ -= allowed_;
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

   private:
    const MadeUpBucket& bucket_;
    std::uint64_t allowed_;
  };

  MemoryStore objects_;
  mutable std::mutex mutex_;
  mutable std::size_t now_ = 0;
  mutable std::size_t most_ = 0;
  mutable std::size_t reads_ = 0;
  mutable std::uint64_t allowed_ = 0;
  mutable std::uint64_t most_allowed_ = 0;
};

// Opens s3://fruits, and folders.
class MadeUpPlaces final : public StoreOpener {
 public:
  std::shared_ptr<MadeUpBucket> bucket = std::make_shared<MadeUpBucket>();
  mutable std::atomic<int> opened = 0;
  mutable std::atomic<int> to_fail = 0;  // so many attempts to open the bucket

  std::shared_ptr<ObjectStore> open(const std::string& place, OpenMode mode) const override {
    if (!place.starts_with("s3://")) return local_store_opener()->open(place, mode);
    ++opened;
    if (place != "s3://fruits") throw Error(ErrorKind::kNotFound, "opening " + place);
    if (to_fail-- > 0) throw Error(ErrorKind::kDenied, "opening " + place);
    return bucket;
  }
};

}  // namespace pomona
