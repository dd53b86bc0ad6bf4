// SPDX-License-Identifier: Apache-2.0
// For tests only: a store that is far away, whose one object cannot be read for a reason that ends
// the run. Any thread.
#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "pomona/storage/object_store.h"

namespace pomona {

class FailingStore final : public ObjectStore {
 public:
  FailingStore(std::shared_ptr<ObjectStore> objects, std::string broken, std::size_t readers)
      : objects_(std::move(objects)), broken_(std::move(broken)), readers_(readers) {}

  // Throws for the broken object at once, so that others are being read then.
  void read(std::string_view key, std::uint64_t max_bytes, std::string& bytes,
            std::string_view version) const override {
    if (key == broken_) throw std::runtime_error("no memory is left");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    objects_->read(key, max_bytes, bytes, version);
  }
  std::size_t concurrent_reads() const override { return readers_; }

  std::string describe() const override { return objects_->describe(); }
  void list(std::string_view prefix,
            const std::function<void(const ObjectInfo&)>& found) const override {
    objects_->list(prefix, found);
  }
  bool exists(std::string_view key) const override { return objects_->exists(key); }
  std::unique_ptr<ObjectReader> open(std::string_view key) const override {
    return objects_->open(key);
  }
  std::unique_ptr<ObjectWriter> create(std::string_view key) override {
    return objects_->create(key);
  }
  bool write_if_absent(std::string_view key, std::string_view bytes) override {
    return objects_->write_if_absent(key, bytes);
  }
  void move(std::string_view from, std::string_view to) override { objects_->move(from, to); }
  void remove(std::string_view key) override { objects_->remove(key); }
  void remove_objects(const std::vector<std::string>& keys) override {
    objects_->remove_objects(keys);
  }
  std::size_t remove_unfinished(const std::vector<std::string>&, bool) override { return 0; }

 private:
  std::shared_ptr<ObjectStore> objects_;
  std::string broken_;
  std::size_t readers_;
};

}  // namespace pomona
