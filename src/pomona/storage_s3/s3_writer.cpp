// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_writer.h"

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

#include "pomona/storage/etag.h"

namespace pomona {
namespace {

class S3Writer final : public ObjectWriter {
 public:
  S3Writer(std::shared_ptr<S3Client> client, std::string name)
      : client_(std::move(client)), name_(std::move(name)) {}

  ~S3Writer() override {
    if (!committed_ && !upload_id_.empty()) give_up();
  }

  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const std::size_t room = upload_part_bytes(etags_.size()) - part_.size();
      const std::size_t count = std::min(room, bytes.size());
      part_.append(bytes.substr(0, count));
      bytes.remove_prefix(count);
      if (count == room) send_part();
    }
  }

  void commit() override {
    if (upload_id_.empty()) {
      client_->put(name_, part_);
    } else {
      if (!part_.empty()) send_part();
      client_->complete_upload(name_, upload_id_, etags_);
    }
    committed_ = true;
  }

 private:
  // False when the upload stays: an error is under way already that tells more.
  bool give_up() noexcept {
    try {
      client_->abort_upload(name_, upload_id_);
      return true;
    } catch (const std::exception&) {
      return false;
    }
  }

  void send_part() {
    if (upload_id_.empty()) upload_id_ = client_->start_upload(name_);
    etags_.push_back(
        client_->upload_part(name_, upload_id_, static_cast<int>(etags_.size()) + 1, part_));
    part_.clear();
  }

  std::shared_ptr<S3Client> client_;
  std::string name_;
  std::string upload_id_;
  std::vector<std::string> etags_;
  std::string part_;
  bool committed_ = false;
};

}  // namespace

std::unique_ptr<ObjectWriter> create_s3_object(std::shared_ptr<S3Client> client, std::string name) {
  return std::make_unique<S3Writer>(std::move(client), std::move(name));
}

}  // namespace pomona
