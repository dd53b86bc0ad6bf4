// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_object.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/storage/etag.h"
#include "pomona/storage_s3/s3_upload.h"

namespace pomona {
namespace {

constexpr std::uint64_t kTailBytes = 64ULL << 10U;

class S3Reader final : public ObjectReader {
 public:
  S3Reader(std::shared_ptr<S3Client> client, std::string name)
      : client_(std::move(client)), name_(std::move(name)) {
    info_ = client_->get_tail(name_, kTailBytes, tail_);
  }

  std::uint64_t size() const override { return info_.bytes; }

  void read_at(std::uint64_t offset, std::span<char> bytes) override {
    if (offset > info_.bytes || bytes.size() > info_.bytes - offset) {
      throw Error(ErrorKind::kCorrupt, "reading " + client_->url(name_) + ": expected " +
                                           std::to_string(bytes.size()) + " bytes from byte " +
                                           std::to_string(offset) + " on, but it has " +
                                           std::to_string(info_.bytes));
    }
    if (bytes.empty()) return;
    const std::uint64_t tail_start = info_.bytes - tail_.size();
    if (offset >= tail_start) {
      std::copy_n(tail_.data() + (offset - tail_start), bytes.size(), bytes.data());
      return;
    }
    S3GetOptions options;
    options.if_match = info_.etag;
    options.range = std::pair(offset, static_cast<std::uint64_t>(bytes.size()));
    client_->get(name_, options, piece_);
    std::ranges::copy(piece_, bytes.data());
  }

 private:
  std::shared_ptr<S3Client> client_;
  std::string name_;
  S3ObjectInfo info_;
  std::string tail_;
  std::string piece_;
};

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

std::unique_ptr<ObjectReader> open_s3_object(std::shared_ptr<S3Client> client, std::string name) {
  return std::make_unique<S3Reader>(std::move(client), std::move(name));
}

std::unique_ptr<ObjectWriter> create_s3_object(std::shared_ptr<S3Client> client, std::string name) {
  return std::make_unique<S3Writer>(std::move(client), std::move(name));
}

}  // namespace pomona
