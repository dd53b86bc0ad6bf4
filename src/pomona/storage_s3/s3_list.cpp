// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_list.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "pomona/base/error.h"

namespace pomona {
namespace {

class Listing {
 public:
  Listing(S3Client& client, const std::function<void(const S3ListedObject&)>& found)
      : client_(client), found_(found) {}

  void run(const std::string& prefix, std::size_t concurrency) {
    list_folder(prefix);
    if (!folders_.empty()) {  // most places that are listed have none
      std::vector<std::jthread> threads;
      threads.reserve(concurrency);
      try {
        while (threads.size() + 1 < concurrency) threads.emplace_back([this] { work(); });
      } catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch)
        // The system allows no more threads: those that run, and this one, list.
      }
      work();
    }
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return !folders_.empty() || busy_ == 0 || failure_; });
      if (folders_.empty() || failure_) return;
      const std::string folder = std::move(folders_.front());
      folders_.pop_front();
      ++busy_;
      lock.unlock();
      try {
        list_folder(folder);
        lock.lock();
      } catch (...) {
        lock.lock();
        if (!failure_) failure_ = std::current_exception();
      }
      --busy_;
      changed_.notify_all();
    }
  }

  void list_folder(const std::string& folder) {
    S3ListNext next;
    std::unordered_set<std::string> seen;
    do {
      const S3ListPage page = client_.list_page(folder, "/", next);
      next = page.next;
      if (!next.empty() && !seen.insert(next.text).second) {
        throw Error(ErrorKind::kCorrupt,
                    "listing " + client_.url(folder) +
                        ": the service gives the same continuation token a second time, so its "
                        "pages would never end; report it to who runs the service, and copy the "
                        "objects to another meanwhile");
      }
      const std::lock_guard lock(mutex_);
      if (failure_) return;
      for (const S3ListedObject& object : page.objects) found_(object);
      for (const std::string& below : page.common_prefixes) folders_.push_back(below);
      changed_.notify_all();
    } while (!next.empty());
  }

  S3Client& client_;
  const std::function<void(const S3ListedObject&)>& found_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> folders_;
  std::size_t busy_ = 0;
  std::exception_ptr failure_;
};

}  // namespace

void list_bucket(S3Client& client, const std::string& prefix, std::size_t concurrency,
                 const std::function<void(const S3ListedObject&)>& found) {
  Listing(client, found).run(prefix, concurrency);
}

}  // namespace pomona
