// SPDX-License-Identifier: Apache-2.0
// The objects of a bucket whose names begin with a prefix. Any thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "pomona/storage/object_store.h"
#include "pomona/storage/s3_uri.h"
#include "pomona/storage_s3/s3_client.h"

namespace pomona {

class S3Store final : public ObjectStore {
 public:
  S3Store(std::shared_ptr<S3Client> client, const std::string& prefix);

  // What the names of its objects begin with: "" or ending in '/'.
  const std::string& root() const { return root_; }

  std::string describe() const override;
  // Objects that mark a folder (no bytes, a name that ends in '/') are passed over; others whose
  // name can be no key are reported as not readable.
  void list(std::string_view prefix,
            const std::function<void(const ObjectInfo&)>& found) const override;
  bool exists(std::string_view key) const override;
  using ObjectStore::read;
  void read(std::string_view key, std::uint64_t max_bytes, std::string& bytes,
            std::string_view version) const override;
  std::size_t concurrent_reads() const override { return 64; }
  std::unique_ptr<ObjectReader> open(std::string_view key) const override;
  std::unique_ptr<ObjectWriter> create(std::string_view key) override;
  bool write_if_absent(std::string_view key, std::string_view bytes) override;
  // By copies within the bucket, one after the other.
  void move(std::string_view from, std::string_view to) override;
  void remove(std::string_view key) override;
  void remove_objects(const std::vector<std::string>& keys) override;
  std::size_t remove_unfinished(const std::vector<std::string>& keys, bool dry_run) override;

 private:
  std::string name_of(std::string_view key) const;
  // All objects in the folder `name`, by name.
  std::map<std::string, S3ObjectInfo> objects_below(const std::string& name) const;
  void remove_names(std::vector<std::string> names);

  std::shared_ptr<S3Client> client_;
  std::string root_;
};

}  // namespace pomona
