// SPDX-License-Identifier: Apache-2.0
// Objects of a store as streams of Arrow. Inside table/ only. Each stream, and its failure, is used
// by one thread at a time.
#pragma once

#include <exception>
#include <memory>

#include "pomona/storage/object_store.h"

namespace arrow::io {
class OutputStream;
class RandomAccessFile;
}  // namespace arrow::io

namespace pomona {

// An error of the store on its way through Arrow, which would turn it into one of its own.
class StoreFailure {
 public:
  void keep(std::exception_ptr error) { error_ = std::move(error); }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::exception_ptr error_;
};

// The stream never commits: closing it does nothing. Writer and failure must outlive it.
std::shared_ptr<arrow::io::OutputStream> stream_to(ObjectWriter& writer, StoreFailure& failure);

// The failure must outlive the stream.
std::shared_ptr<arrow::io::RandomAccessFile> stream_from(std::unique_ptr<ObjectReader> reader,
                                                         StoreFailure& failure);

}  // namespace pomona
