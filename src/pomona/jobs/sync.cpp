// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/sync.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "pomona/base/bounds.h"
#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/dataset/scan.h"
#include "pomona/storage/etag.h"
#include "pomona/storage/place.h"

namespace pomona {
namespace {

constexpr std::uint64_t kBlockBytes = 4ULL << 20U;

using Objects = std::map<std::string, ObjectInfo>;  // by key, in byte order

// Calls `use` with the content of an object, block by block.
template <class Use>
void read_blocks(const ObjectStore& store, const std::string& key, const Use& use) {
  const std::unique_ptr<ObjectReader> reader = store.open(key);
  std::string block;
  for (std::uint64_t at = 0; at < reader->size(); at += block.size()) {
    block.resize(std::min(kBlockBytes, reader->size() - at));
    reader->read_at(at, block);
    use(block);
  }
}

std::string etag_of(const ObjectStore& store, const ObjectInfo& object) {
  if (!object.etag.empty()) return object.etag;
  EtagBuilder etag;
  read_blocks(store, object.key, [&](std::string_view block) { etag.add(block); });
  return etag.finish();
}

class Synchronizer {
 public:
  Synchronizer(const SyncOptions& options, Progress& progress, std::stop_token stop)
      : options_(options),
        progress_(progress),
        stop_(std::move(stop)),
        from_(options.stores->open(options.from)),
        to_(open_target()) {}

  SyncReport run() {
    progress_.begin("list", 0);
    const Objects wanted = options_.keys.empty() ? list(*from_) : named();
    const Objects there = to_ == nullptr ? Objects() : list(*to_);
    if (wanted.empty() && options_.remove_others) {
      throw Error(ErrorKind::kInvalidInput,
                  "remove_others: '" + options_.from + "' is empty, so all of '" + options_.to +
                      "' would be removed" + "; check the name, or remove that place yourself");
    }
    copy_missing(wanted, there);
    if (options_.remove_others) remove_others(wanted, there);
    std::ranges::sort(report_.copied);
    std::ranges::sort(report_.failures, {}, &SyncFailure::key);
    return std::move(report_);
  }

 private:
  // None where a folder would have to be made only to be looked at.
  std::shared_ptr<ObjectStore> open_target() const {
    if (!options_.dry_run) {
      return options_.stores->open(options_.to, {.create = true});
    }
    try {
      return options_.stores->open(options_.to);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kNotFound || is_remote(options_.to)) throw;
      return nullptr;
    }
  }

  Objects list(const ObjectStore& store) {
    Objects objects;
    store.list("", [&](const ObjectInfo& object) {
      throw_if_stopped(stop_);
      progress_.advance(1);
      if (object.readable) {
        objects.emplace(object.key, object);
      } else {
        report_.failures.push_back({object.key, object.problem});
      }
    });
    return objects;
  }

  // A request for each, many at once; listing a bucket for a few of its objects may take minutes.
  Objects named() {
    std::vector<ObjectInfo> found(options_.keys.size());
    parallel_for(found.size(), workers(), [&](std::size_t i, std::size_t) {
      throw_if_stopped(stop_);
      try {
        found[i] = {.key = options_.keys[i], .bytes = from_->open(options_.keys[i])->size()};
      } catch (const Error& error) {
        if (error.kind() == ErrorKind::kInterrupted) throw;
        const std::lock_guard lock(mutex_);
        report_.failures.push_back({options_.keys[i], error.what()});
      }
      progress_.advance(1);
    });
    Objects objects;
    for (ObjectInfo& object : found) {
      if (!object.key.empty()) objects.emplace(object.key, std::move(object));
    }
    return objects;
  }

  std::size_t workers() const {
    return std::max(
        {usable_cores(), from_->concurrent_reads(), to_ == nullptr ? 0 : to_->concurrent_reads()});
  }

  void copy_missing(const Objects& wanted, const Objects& there) {
    std::vector<const ObjectInfo*> objects;
    for (const auto& [key, object] : wanted) objects.push_back(&object);
    progress_.begin("sync", objects.size());
    parallel_for(objects.size(), workers(), [&](std::size_t i, std::size_t) {
      throw_if_stopped(stop_);
      copy_unless_same(*objects[i], there);
      progress_.advance(1);
    });
  }

  void copy_unless_same(const ObjectInfo& object, const Objects& there) {
    try {
      const auto other = there.find(object.key);
      const bool same = other != there.end() && other->second.bytes == object.bytes &&
                        etag_of(*from_, object) == etag_of(*to_, other->second);
      if (!same && !options_.dry_run) copy(object);
      const std::lock_guard lock(mutex_);
      if (same) {
        ++report_.unchanged;
      } else {
        report_.copied.push_back(object.key);
        report_.copied_bytes += object.bytes;
      }
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kInterrupted) throw;
      const std::lock_guard lock(mutex_);
      report_.failures.push_back({object.key, error.what()});
    }
  }

  void copy(const ObjectInfo& object) {
    const std::unique_ptr<ObjectWriter> writer = to_->create(object.key);
    if (object.bytes <= kBlockBytes) {
      // Whole, since stores check what they read whole.
      std::string bytes;
      from_->read(object.key, kBlockBytes, bytes, object.version);
      writer->write(bytes);
    } else {
      read_blocks(*from_, object.key, [&](std::string_view block) { writer->write(block); });
    }
    writer->commit();
  }

  void remove_others(const Objects& wanted, const Objects& there) {
    if (!report_.failures.empty()) return;
    for (const auto& [key, object] : there) {
      if (!wanted.contains(key)) report_.removed.push_back(key);
    }
    throw_if_stopped(stop_);
    if (!options_.dry_run) to_->remove_objects(report_.removed);
  }

  const SyncOptions& options_;
  Progress& progress_;
  std::stop_token stop_;
  std::shared_ptr<const ObjectStore> from_;
  std::shared_ptr<ObjectStore> to_;
  std::mutex mutex_;
  SyncReport report_;
};

}  // namespace

void SyncOptions::check() const {
  check_given("from", !from.empty(), "a place to copy from");
  check_given("to", !to.empty(), "a place to copy to");
  check_given("stores", stores != nullptr, "what opens places");
  if (!keys.empty() && remove_others) {
    throw Error(
        ErrorKind::kInvalidInput,
        "keys, remove_others: expected one of them, found both; objects that keys leaves out "
        "would be removed");
  }
  if (!places_overlap(from, to)) return;
  throw Error(ErrorKind::kInvalidInput, "copying '" + from + "' to '" + to +
                                            "': one lies in the other; name two places apart");
}

SyncReport sync(const SyncOptions& options, Progress& progress, const std::stop_token& stop) {
  options.check();
  return Synchronizer(options, progress, stop).run();
}

}  // namespace pomona
