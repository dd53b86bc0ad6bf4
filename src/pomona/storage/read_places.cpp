// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/read_places.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <future>
#include <map>
#include <mutex>
#include <new>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "pomona/base/bounds.h"
#include "pomona/base/error.h"
#include "pomona/storage/key.h"
#include "pomona/storage/place.h"
#include "pomona/storage/read_failure.h"
#include "pomona/storage/s3_uri.h"

namespace pomona {
namespace {

// What is known of sizes before an object has come: they are photographs.
constexpr std::uint64_t kFirstAllowance = 4ULL << 20U;
constexpr std::uint64_t kLeastAllowance = 1ULL << 20U;
constexpr std::uint64_t kGrowth = 8;  // of an allowance that was too small
// So much an answer counts for besides its own bytes.
constexpr std::uint64_t kAnswerBytes = 1024;

// How many bytes the next object may have: a quarter more than the largest of late. What was large
// is forgotten by half in 70 objects.
class Allowance {
 public:
  std::uint64_t bytes() const { return static_cast<std::uint64_t>(bytes_); }
  void saw(std::uint64_t size) {
    bytes_ = std::max(
        {0.99 * bytes_, 1.25 * static_cast<double>(size), static_cast<double>(kLeastAllowance)});
  }

 private:
  double bytes_ = static_cast<double>(kFirstAllowance);
};

// Stores of buckets, each opened by the first thread that needs it while others wait. A folder
// costs nothing to open. Any thread.
class OpenedStores {
 public:
  explicit OpenedStores(const StoreOpener& opener) : opener_(opener) {}

  struct Object {
    std::shared_ptr<const ObjectStore> store;
    std::string key;
  };
  Object find(const std::string& place) {
    if (place.find('\0') != std::string::npos) {
      throw Error(ErrorKind::kInvalidInput, "reading '" + place.substr(0, place.find('\0')) +
                                                "…': no name may hold a NUL character");
    }
    if (is_remote(place)) {
      S3Uri uri = parse_s3_uri(place);
      check_key(uri.prefix, "reading '" + place + "'");  // empty: the bucket itself
      return {bucket("s3://" + uri.bucket), std::move(uri.prefix)};
    }
    PlaceAndKey split = split_place(place);
    check_key(split.key, "reading '" + place + "'");
    return {opener_.open(split.place), std::move(split.key)};
  }

 private:
  using Store = std::shared_ptr<const ObjectStore>;

  Store bucket(const std::string& name) {
    std::promise<Store> opened;
    std::unique_lock lock(mutex_);
    const auto [entry, is_new] = buckets_.try_emplace(name);
    if (is_new) entry->second = opened.get_future().share();
    const std::shared_future<Store> store = entry->second;
    lock.unlock();
    if (is_new) open(name, opened);
    return store.get();
  }

  void open(const std::string& name, std::promise<Store>& opened) {
    try {
      opened.set_value(opener_.open(name));
    } catch (...) {
      {
        const std::lock_guard lock(mutex_);
        buckets_.erase(name);
      }
      opened.set_exception(std::current_exception());
    }
  }

  const StoreOpener& opener_;
  std::mutex mutex_;
  std::map<std::string, std::shared_future<Store>> buckets_;
};

class PlaceReads {
 public:
  PlaceReads(const ReadOptions& options, const StartThread& start)
      : options_(options), start_(start), stores_(*options.stores) {}
  ~PlaceReads() { end(nullptr); }
  PlaceReads(const PlaceReads&) = delete;
  PlaceReads& operator=(const PlaceReads&) = delete;

  // Lets go of everyone who waits. The first cause is what answer() throws, `interrupted` where
  // there is none.
  void end(const std::exception_ptr& cause) {
    {
      const std::lock_guard lock(mutex_);
      if (!ended_) cause_ = cause;
      ended_ = true;
    }
    ending_.request_stop();
    work_.notify_all();
    front_.notify_all();
  }

  // `next` outlives this object.
  void take_places(const NextPlace& next) {
    try {
      input_ = start_([this, &next] { add_places(next); });
    } catch (const std::exception& error) {
      throw Error(ErrorKind::kUnavailable,
                  std::string("starting a thread that takes the names of objects: ") +
                      error.what() + "; allow this process more threads");
    }
  }

  void answer(const TakeAnswer& take) {
    std::unique_lock lock(mutex_);
    for (;;) {
      front_.wait(lock, [&] { return ended_ || is_front_done() || all_is_answered() || alone(); });
      if (ended_) {
        if (cause_) std::rethrow_exception(cause_);
        throw Error(ErrorKind::kInterrupted, "reading objects: stopped");
      }
      if (is_front_done()) {
        const ReadAnswer answer = pop_front();
        lock.unlock();
        work_.notify_one();
        take(answer);
        lock.lock();
      } else if (alone()) {
        read_one(lock);
      } else {
        return;
      }
    }
  }

 private:
  struct Slot {
    std::string place;
    std::uint64_t allowance = 0;  // of the next try; 0: what objects usually need
    std::uint64_t held = 0;       // bytes that it counts for
    bool done = false;
    ReadAnswer answer;
  };

  // All below is called with the lock held, unless it says otherwise.
  bool is_front_done() const { return !slots_.empty() && slots_.front().done; }
  bool all_is_answered() const { return all_came_ && slots_.empty(); }
  // The system gives not a single thread to read with.
  bool alone() const { return is_full_ && readers_.empty() && !slots_.empty(); }
  std::size_t waiting() const { return again_.size() + first_ + slots_.size() - next_; }

  ReadAnswer pop_front() {
    ReadAnswer answer = std::move(slots_.front().answer);
    held_ -= slots_.front().held;
    slots_.pop_front();
    ++first_;
    return answer;
  }

  // The number of the one to read next. What was tried before is older.
  std::size_t next_number() const { return again_.empty() ? next_ : *again_.begin(); }

  std::uint64_t allowance_of(const Slot& slot) const {
    return std::min(options_.max_bytes, slot.allowance != 0 ? slot.allowance : allowance_.bytes());
  }

  bool may_start() const {
    if (waiting() == 0) return false;
    const std::size_t number = next_number();
    const std::uint64_t more = allowance_of(slots_[number - first_]) + kAnswerBytes;
    return number == first_ || held_ + more <= options_.max_bytes_ahead;
  }

  // Without the lock.
  void add_places(const NextPlace& next) {
    try {
      while (auto place = next(ending_.get_token())) {
        const std::lock_guard lock(mutex_);
        if (ended_) return;
        slots_.emplace_back().place = std::move(*place);
        start_readers();
        work_.notify_one();
        if (alone()) front_.notify_one();
      }
      const std::lock_guard lock(mutex_);
      all_came_ = true;
      front_.notify_one();
    } catch (...) {
      end(std::current_exception());
    }
  }

  // As many as there is work for. None once it has ended: nobody would wait for their end.
  void start_readers() {
    const std::size_t wanted = std::min(most_readers_, busy_ + waiting());
    try {
      while (!ended_ && !is_full_ && readers_.size() < wanted) {
        readers_.push_back(start_([this] { read_all(); }));
      }
    } catch (const std::exception&) {
      is_full_ = true;
      front_.notify_one();
    }
  }

  // Without the lock.
  void read_all() {
    try {
      std::unique_lock lock(mutex_);
      for (;;) {
        work_.wait(lock, [&] { return ended_ || may_start(); });
        if (ended_) return;
        read_one(lock);
      }
    } catch (...) {
      end(std::current_exception());
    }
  }

  // Gives the lock back while it reads.
  void read_one(std::unique_lock<std::mutex>& lock) {
    const std::size_t number = next_number();
    if (again_.erase(number) == 0) ++next_;
    Slot& slot = slots_[number - first_];  // stays in its place until it is answered
    const std::uint64_t allowance = allowance_of(slot);
    hold(slot, allowance + kAnswerBytes);
    ++busy_;
    if (may_start()) work_.notify_one();
    lock.unlock();
    const bool fits = read(slot, allowance);
    lock.lock();
    --busy_;
    if (fits) {
      hold(slot, slot.answer.bytes.size() + kAnswerBytes);
      if (!slot.answer.failure) allowance_.saw(slot.answer.bytes.size());
      slot.done = true;
      if (number == first_) front_.notify_one();
    } else {
      hold(slot, 0);
      slot.allowance = std::min(allowance * kGrowth, options_.max_bytes);
      again_.insert(number);
    }
    work_.notify_one();
  }

  void hold(Slot& slot, std::uint64_t bytes) {
    held_ += bytes - slot.held;
    slot.held = bytes;
  }

  // Fills the answer; false where the object has more bytes than allowed and may have. Without the
  // lock.
  bool read(Slot& slot, std::uint64_t allowance) {
    try {
      const OpenedStores::Object object = stores_.find(slot.place);
      learn_readers(object.store->concurrent_reads());
      return read(object, allowance, slot.answer);
    } catch (const Error& error) {
      // A name that makes no sense is not too large.
      const bool is_name = error.kind() == ErrorKind::kInvalidInput;
      fail(slot.answer, error, is_name ? "unreadable" : read_failure_kind(error.kind()));
    } catch (const std::bad_alloc&) {
      const Error error(ErrorKind::kUnavailable,
                        "reading '" + slot.place +
                            "': not enough memory; give this process more, or lower max_bytes");
      fail(slot.answer, error, "unreadable");
    }
    return true;
  }

  bool read(const OpenedStores::Object& object, std::uint64_t allowance, ReadAnswer& answer) const {
    try {
      object.store->read(object.key, allowance, answer.bytes, /*version=*/"");
    } catch (const Error& error) {
      const bool is_large = error.kind() == ErrorKind::kInvalidInput;
      if (is_large && allowance < options_.max_bytes) {
        answer.bytes = std::string();
        return false;
      }
      fail(answer, error, read_failure_kind(error.kind()));
    }
    return true;
  }

  static void fail(ReadAnswer& answer, const Error& error, const std::string& kind) {
    if (error.kind() == ErrorKind::kInterrupted) throw error;
    answer.bytes = std::string();
    answer.failure = {kind, error.what()};
  }

  // Without the lock.
  void learn_readers(std::size_t best) {
    const std::lock_guard lock(mutex_);
    if (best <= most_readers_) return;
    most_readers_ = best;
    start_readers();
  }

  const ReadOptions& options_;
  const StartThread& start_;
  OpenedStores stores_;
  std::stop_source ending_;
  std::mutex mutex_;
  std::condition_variable work_;   // there is something that may be read
  std::condition_variable front_;  // there is something to answer, or nothing any more
  std::deque<Slot> slots_;         // the front is answered next
  std::size_t first_ = 0;          // number of the front
  std::size_t next_ = 0;           // number of the first that was never tried
  std::set<std::size_t> again_;    // numbers of those that need more bytes than they were allowed
  Allowance allowance_;
  std::uint64_t held_ = 0;
  std::size_t busy_ = 0;
  std::size_t most_readers_ = 1;  // until a store says more
  bool is_full_ = false;          // the system gives no more threads
  bool all_came_ = false;
  bool ended_ = false;
  std::exception_ptr cause_;
  std::vector<std::jthread> readers_;
  std::jthread input_;
};

}  // namespace

void ReadOptions::check() const {
  check_given("stores", stores != nullptr, "what opens places");
  check_range("max_bytes", max_bytes, 1, std::uint64_t{1} << 40U, " bytes");
  check_range("max_bytes_ahead", max_bytes_ahead, 1, std::uint64_t{1} << 40U, " bytes");
}

void read_places(const ReadOptions& options, const NextPlace& next, const TakeAnswer& take,
                 const std::stop_token& stop, const StartThread& start) {
  options.check();
  PlaceReads reads(options, start);
  const std::stop_callback on_stop(stop, [&] { reads.end(nullptr); });
  reads.take_places(next);
  reads.answer(take);
}

}  // namespace pomona
