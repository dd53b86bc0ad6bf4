// SPDX-License-Identifier: Apache-2.0
// An object store in memory: for tests and for small results that go nowhere else. Any thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "pomona/storage/object_store.h"

namespace pomona {

class MemoryStore final : public ObjectStore {
 public:
  std::string describe() const override { return "memory"; }
  void list(std::string_view prefix,
            const std::function<void(const ObjectInfo&)>& found) const override;
  bool exists(std::string_view key) const override;
  using ObjectStore::read;
  void read(std::string_view key, std::uint64_t max_bytes, std::string& bytes,
            std::string_view version) const override;
  std::unique_ptr<ObjectReader> open(std::string_view key) const override;
  std::unique_ptr<ObjectWriter> create(std::string_view key) override;
  bool write_if_absent(std::string_view key, std::string_view bytes) override;
  void move(std::string_view from, std::string_view to) override;
  void remove(std::string_view key) override;
  void remove_objects(const std::vector<std::string>& keys) override;
  std::size_t remove_unfinished(const std::vector<std::string>&, bool) override { return 0; }

 private:
  // Contents are shared with their readers, which keep what they opened.
  struct Object {
    std::shared_ptr<const std::string> content;
    std::string version;
  };
  using Objects = std::map<std::string, Object, std::less<>>;

  Object get(std::string_view key) const;
  Object make(std::string_view content);  // with the lock held

  mutable std::mutex mutex_;
  Objects objects_;
  std::uint64_t writes_ = 0;
};

}  // namespace pomona
