// SPDX-License-Identifier: Apache-2.0
#include "background.h"

#include <nanobind/nanobind.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <iterator>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "interpreter_end.h"
#include "pomona/base/error.h"

namespace nb = nanobind;

namespace pomona::python {
namespace {

constexpr auto kBetweenLooks = std::chrono::milliseconds(30);
constexpr auto kBetweenLooksAtExit = std::chrono::milliseconds(1);

// A thread that runs one job after the other: to start one takes longer than to wake it, and the
// caches that libraries keep for each thread stay warm.
class JobThread {
 public:
  using Job = std::function<void()>;  // throws nothing

  JobThread() : thread_([this](const std::stop_token& stop) { run(stop); }) {}

  // Only when the last one is over.
  void start(Job job) {
    const std::lock_guard lock(mutex_);
    job_ = std::move(job);
    changed_.notify_one();
  }

 private:
  void run(const std::stop_token& stop) {
    while (true) {
      Job job;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, stop, [this] { return job_ != nullptr; });
        if (job_ == nullptr) return;
        job = std::exchange(job_, nullptr);
      }
      job();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  Job job_;
  std::jthread thread_;  // last, so that it begins last and ends first
};

// Everything that is enrolled. The GIL guards it.
struct Roll {
  std::vector<std::shared_ptr<Work>> at_work;
  std::vector<std::shared_ptr<Work>> released;
  std::unique_ptr<JobThread> idle;  // kept for the next call
  bool closed = false;
};

// Never destroyed, and another one in a fork: threads of these do not exist there.
Roll& roll() {
  static Roll* current = new Roll;
  static pid_t of_process = ::getpid();
  if (of_process != ::getpid()) {
    current = new Roll;
    of_process = ::getpid();
  }
  return *current;
}

// The end of a work may wait for a thread that takes the GIL, so it comes without the GIL.
void forget_what_is_over() {
  std::vector<std::shared_ptr<Work>>& released = roll().released;
  const auto over = std::ranges::partition(released, [](const auto& w) { return !w->is_over(); });
  std::vector<std::shared_ptr<Work>> works(std::make_move_iterator(over.begin()),
                                           std::make_move_iterator(over.end()));
  released.erase(over.begin(), over.end());
  if (works.empty()) return;
  const GilReleased without_gil;
  works.clear();
}

// A task on another thread.
class TaskThread : public Work {
 public:
  TaskThread(std::unique_ptr<JobThread> thread, const Task& task) : thread_(std::move(thread)) {
    thread_->start([this, task = task]() mutable {
      std::exception_ptr error;
      try {
        task(source_.get_token());
      } catch (...) {
        error = std::current_exception();
      }
      // It may own objects of Python. Once the work is over, its thread needs no GIL.
      task = nullptr;
      const std::lock_guard lock(mutex_);
      error_ = std::move(error);
      over_ = true;
      changed_.notify_all();
    });
  }

  void stop() override { source_.request_stop(); }
  bool is_over() override {
    const std::lock_guard lock(mutex_);
    return over_;
  }
  // Returns whether it is over.
  bool wait(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [&] { return over_; });
  }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }
  // When it is over.
  std::unique_ptr<JobThread> take_thread() { return std::move(thread_); }

 private:
  std::stop_source source_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::exception_ptr error_;
  bool over_ = false;
  std::unique_ptr<JobThread> thread_;  // last, so that it ends first
};

// A task on the thread of its caller.
class TaskHere : public Work {
 public:
  void stop() override { source_.request_stop(); }
  bool is_over() override { return over_; }
  void run(const Task& task) {
    try {
      task(source_.get_token());
    } catch (...) {
      over_ = true;
      throw;
    }
    over_ = true;
  }

 private:
  std::stop_source source_;
  std::atomic<bool> over_ = false;
};

// None where the system starts no more threads.
std::shared_ptr<TaskThread> start_thread(const Task& task) {
  try {
    std::unique_ptr<JobThread> thread = std::move(roll().idle);
    if (thread == nullptr) thread = std::make_unique<JobThread>();
    return std::make_shared<TaskThread>(std::move(thread), task);
  } catch (const std::system_error&) {
    return nullptr;
  }
}

// Releases work however a call ends.
class Enrolled {
 public:
  explicit Enrolled(std::shared_ptr<Work> work) : work_(std::move(work)) { enroll(work_); }
  ~Enrolled() { release(work_); }
  Enrolled(const Enrolled&) = delete;
  Enrolled& operator=(const Enrolled&) = delete;

 private:
  std::shared_ptr<Work> work_;
};

// Python handles signals in no other.
bool is_main_thread() { return ::gettid() == ::getpid(); }

// Only daemon threads run beside the main one while the interpreter exits, and Python ends those
// without a word. An exception in one would be printed.
[[noreturn]] void wait_for_the_end() {
  const GilReleased without_gil;
  while (true) std::this_thread::sleep_for(std::chrono::hours(1));
}

}  // namespace

void enroll(const std::shared_ptr<Work>& work) {
  forget_what_is_over();
  if (roll().closed) {
    work->stop();
    if (!is_main_thread()) wait_for_the_end();
    throw Error(ErrorKind::kUnavailable,
                "using Pomona while the interpreter exits: it is too late");
  }
  roll().at_work.push_back(work);
}

void release(const std::shared_ptr<Work>& work) {
  // Of a parent's work there is nothing to stop in a fork, and its locks may be held for ever.
  if (std::erase(roll().at_work, work) == 0) return;
  work->stop();
  roll().released.push_back(work);
  forget_what_is_over();
}

void end_all_work() {
  Roll& all = roll();
  all.closed = true;
  std::vector<std::shared_ptr<Work>> works = std::move(all.at_work);
  std::ranges::move(all.released, std::back_inserter(works));
  all.at_work.clear();
  all.released.clear();
  const std::unique_ptr<JobThread> idle = std::move(all.idle);
  const GilReleased without_gil;
  for (const auto& work : works) work->stop();
  for (const auto& work : works) {
    while (!work->is_over()) std::this_thread::sleep_for(kBetweenLooksAtExit);
  }
  works.clear();  // without the GIL, see forget_what_is_over()
}

void run_interruptibly(const Task& task, const Watch& watch) {
  const std::shared_ptr<TaskThread> thread =
      is_main_thread() || watch ? start_thread(task) : nullptr;
  if (thread == nullptr) {
    const auto here = std::make_shared<TaskHere>();
    const Enrolled enrolled(here);
    const GilReleased without_gil;
    here->run(task);
    return;
  }
  const Enrolled enrolled(thread);
  const auto is_over = [&] {
    const GilReleased without_gil;
    return thread->wait(kBetweenLooks);
  };
  // The interpreter ends only when a watch has returned: it would end this thread inside of it.
  const auto look = [&] {
    if (const GilTaken taken; taken && watch) watch();
  };
  while (!is_over()) {
    if (PyErr_CheckSignals() != 0) throw nb::python_error();
    look();
  }
  look();
  if (roll().idle == nullptr) roll().idle = thread->take_thread();
  thread->rethrow();
}

}  // namespace pomona::python
