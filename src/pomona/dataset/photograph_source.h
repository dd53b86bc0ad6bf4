// SPDX-License-Identifier: Apache-2.0
// The bytes of the photographs of a manifest. From a store that is far away they are read ahead,
// many at once and in the order of the manifest, so that whoever decodes them does not wait. Where
// fewer threads can be started (a container limits them), fewer files are read at once; where none
// can, each file is read by the thread that asks for it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "pomona/base/parallel_start.h"
#include "pomona/base/scratch_memory.h"
#include "pomona/dataset/manifest.h"
#include "pomona/dataset/scan.h"

namespace pomona {

class PhotographSource {
 public:
  // Roots and manifest outlive it. `rows` are those that will be asked for, in about that order. As
  // many files are read at once as the store finds best (ObjectStore::concurrent_reads()); at most
  // `max_bytes` are held, or one file. Tests replace `start`.
  PhotographSource(const ImageRoots& roots, const Manifest& manifest,
                   ScratchVector<std::size_t> rows, std::uint64_t max_bytes = 64ULL << 20U,
                   const StartThread& start = start_thread);
  ~PhotographSource();
  PhotographSource(const PhotographSource&) = delete;
  PhotographSource& operator=(const PhotographSource&) = delete;

  // Replaces the content of `bytes`, or returns why there are none. Any thread; every row of `rows`
  // once, and none long before those in front of it: it waits for room. Throws interrupted, and
  // what it was given to abort().
  std::optional<FileFailure> read(std::size_t row, std::string& bytes);

  // Lets go of everyone who waits, after a worker has failed: what it would have read keeps its
  // room, and others might wait for that. Those throw the cause of the first call, so that it is
  // what the caller of all workers sees. Called where the exception is handled; elsewhere, and with
  // none, the cause is interrupted.
  void abort(std::exception_ptr cause = std::current_exception());

 private:
  struct Slot {
    bool done = false;
    std::string bytes;
    std::optional<FileFailure> failure;
    std::exception_ptr error;  // what ends the run: interrupted, no memory
  };

  std::optional<FileFailure> read_file(const ManifestRow& row, std::string& bytes) const;
  void read_ahead();
  bool may_start() const;

  const ImageRoots& roots_;
  const Manifest& manifest_;
  std::uint64_t max_bytes_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::size_t, Slot> slots_;  // by row: under way, or waiting to be taken
  ScratchVector<std::size_t> order_;   // rows as they are read ahead
  std::size_t next_ = 0;               // of them, to start with
  std::uint64_t held_ = 0;             // bytes of the slots, as listed
  bool stopped_ = false;
  std::exception_ptr cause_;  // why it stopped
  std::vector<std::jthread> readers_;
};

}  // namespace pomona
