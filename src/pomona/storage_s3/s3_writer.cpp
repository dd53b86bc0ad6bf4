// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_writer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "pomona/storage/etag.h"
#include "pomona/storage_s3/s3_upload.h"

namespace pomona {
namespace {

class S3Writer final : public ObjectWriter {
 public:
  S3Writer(std::shared_ptr<S3Client> client, std::string name)
      : client_(std::move(client)), name_(std::move(name)) {}

  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const std::size_t room = upload_part_bytes(upload_ ? upload_->parts() : 0) - part_.size();
      const std::size_t count = std::min(room, bytes.size());
      part_.append(bytes.substr(0, count));
      bytes.remove_prefix(count);
      if (count == room) send_part();
    }
  }

  void commit() override {
    if (!upload_) {
      client_->put(name_, part_);
      return;
    }
    if (!part_.empty()) upload_->add(part_);
    upload_->complete();
  }

 private:
  void send_part() {
    if (!upload_) upload_.emplace(*client_, name_);
    upload_->add(part_);
    part_.clear();
  }

  std::shared_ptr<S3Client> client_;
  std::string name_;
  std::optional<S3Upload> upload_;
  std::string part_;
};

}  // namespace

std::unique_ptr<ObjectWriter> create_s3_object(std::shared_ptr<S3Client> client, std::string name) {
  return std::make_unique<S3Writer>(std::move(client), std::move(name));
}

}  // namespace pomona
