// SPDX-License-Identifier: Apache-2.0
// Several stores seen as the folders of one: the object `a/1.jpg` of the store named `shop` has the
// key `shop/a/1.jpg`. For photographs from several places; it is only read from, and what would
// write throws internal. Any thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pomona/storage/object_store.h"

namespace pomona {

class JoinedStore final : public ObjectStore {
 public:
  // Names are single parts of keys; no two are the same.
  using Parts = std::map<std::string, std::shared_ptr<const ObjectStore>, std::less<>>;
  explicit JoinedStore(Parts parts) : parts_(std::move(parts)) {}

  std::string describe() const override;
  void list(std::string_view prefix,
            const std::function<void(const ObjectInfo&)>& found) const override;
  bool exists(std::string_view key) const override;
  using ObjectStore::read;
  void read(std::string_view key, std::uint64_t max_bytes, std::string& bytes,
            std::string_view version) const override;
  std::size_t concurrent_reads() const override;  // of all parts the most
  std::unique_ptr<ObjectReader> open(std::string_view key) const override;

  std::unique_ptr<ObjectWriter> create(std::string_view key) override;
  bool write_if_absent(std::string_view key, std::string_view bytes) override;
  void move(std::string_view from, std::string_view to) override;
  void remove(std::string_view key) override;
  void remove_objects(const std::vector<std::string>& keys) override;
  std::size_t remove_unfinished(const std::vector<std::string>& keys, bool dry_run) override;

 private:
  Parts parts_;
};

}  // namespace pomona
