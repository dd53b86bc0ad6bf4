// SPDX-License-Identifier: Apache-2.0
#include "pomona/table/store_stream.h"

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <arrow/result.h>
#include <arrow/status.h>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace pomona {
namespace {

// Runs an action of the store inside Arrow, which knows no exceptions.
template <class Action>
arrow::Status run(StoreFailure& failure, const Action& action) {
  try {
    action();
    return arrow::Status::OK();
  } catch (...) {
    failure.keep(std::current_exception());
    return arrow::Status::IOError("the store failed");
  }
}

class StoreOutput final : public arrow::io::OutputStream {
 public:
  StoreOutput(ObjectWriter& writer, StoreFailure& failure) : writer_(writer), failure_(failure) {}

  arrow::Status Write(const void* data, std::int64_t size) override {
    written_ += size;
    return run(failure_, [&] {
      writer_.write({static_cast<const char*>(data), static_cast<std::size_t>(size)});
    });
  }
  using arrow::io::OutputStream::Write;

  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }
  arrow::Result<std::int64_t> Tell() const override { return written_; }

 private:
  ObjectWriter& writer_;
  StoreFailure& failure_;
  std::int64_t written_ = 0;
  bool closed_ = false;
};

class StoreInput final : public arrow::io::RandomAccessFile {
 public:
  StoreInput(std::unique_ptr<ObjectReader> reader, StoreFailure& failure)
      : reader_(std::move(reader)), failure_(failure) {}

  arrow::Result<std::int64_t> ReadAt(std::int64_t position, std::int64_t size, void* out) override {
    if (position < 0 || size < 0) return arrow::Status::Invalid("a negative place or size");
    const auto end = static_cast<std::int64_t>(reader_->size());
    size = std::min(size, std::max<std::int64_t>(end - position, 0));
    ARROW_RETURN_NOT_OK(run(failure_, [&] {
      reader_->read_at(static_cast<std::uint64_t>(position),
                       {static_cast<char*>(out), static_cast<std::size_t>(size)});
    }));
    return size;
  }

  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(std::int64_t position,
                                                       std::int64_t size) override {
    const auto end = static_cast<std::int64_t>(reader_->size());
    size = std::clamp<std::int64_t>(size, 0, std::max<std::int64_t>(end - position, 0));
    ARROW_ASSIGN_OR_RAISE(auto buffer, arrow::AllocateResizableBuffer(size));
    ARROW_ASSIGN_OR_RAISE(const std::int64_t got, ReadAt(position, size, buffer->mutable_data()));
    ARROW_RETURN_NOT_OK(buffer->Resize(got));
    return std::shared_ptr<arrow::Buffer>(std::move(buffer));
  }

  arrow::Result<std::int64_t> Read(std::int64_t size, void* out) override {
    ARROW_ASSIGN_OR_RAISE(const std::int64_t got, ReadAt(position_, size, out));
    position_ += got;
    return got;
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t size) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer, ReadAt(position_, size));
    position_ += buffer->size();
    return buffer;
  }
  using arrow::io::RandomAccessFile::ReadAt;

  arrow::Status Seek(std::int64_t position) override {
    position_ = position;
    return arrow::Status::OK();
  }
  arrow::Result<std::int64_t> Tell() const override { return position_; }
  arrow::Result<std::int64_t> GetSize() override {
    return static_cast<std::int64_t>(reader_->size());
  }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }

 private:
  std::unique_ptr<ObjectReader> reader_;
  StoreFailure& failure_;
  std::int64_t position_ = 0;
  bool closed_ = false;
};

}  // namespace

std::shared_ptr<arrow::io::OutputStream> stream_to(ObjectWriter& writer, StoreFailure& failure) {
  return std::make_shared<StoreOutput>(writer, failure);
}

std::shared_ptr<arrow::io::RandomAccessFile> stream_from(std::unique_ptr<ObjectReader> reader,
                                                         StoreFailure& failure) {
  return std::make_shared<StoreInput>(std::move(reader), failure);
}

}  // namespace pomona
