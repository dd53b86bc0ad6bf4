// SPDX-License-Identifier: Apache-2.0
// A folder of the local file system as an object store.
//
// Links are followed, also out of the folder; that is the user's wish. Files are not synced one by
// one, since a sync costs more than writing a small file; settle() syncs the whole file system.
//
// How write_if_absent() works where there are no hard links: rename_if_absent.h. Any thread.
#pragma once

#include <string>

#include "pomona/storage/object_store.h"

namespace pomona {

class LocalStore final : public ObjectStore {
 public:
  enum class IfMissing { kThrow, kCreate };

  // Throws not_found (no such folder), invalid_input (it is no folder) or unavailable (permission).
  // The folder stays open: moved elsewhere, it is still the same store.
  explicit LocalStore(const std::string& folder, IfMissing if_missing = IfMissing::kThrow);
  ~LocalStore() override;
  LocalStore(const LocalStore&) = delete;
  LocalStore& operator=(const LocalStore&) = delete;

  std::string describe() const override { return folder_; }
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
  std::size_t remove_unfinished(const std::vector<std::string>& keys, bool dry_run) override;
  void settle() override;

 private:
  std::string object_name(std::string_view key) const;  // for messages

  std::string folder_;
  int root_ = -1;
};

}  // namespace pomona
