// SPDX-License-Identifier: Apache-2.0
// Work of the core on threads of its own, so that Ctrl-C ends the call that waits for it at once.
// What such a call leaves behind ends by itself; when the interpreter exits it is stopped and
// waited for, and a daemon thread that called it never returns to Python. Called with the GIL.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

namespace pomona::python {

class Work {
 public:
  virtual ~Work() = default;
  virtual void stop() = 0;  // without waiting
  virtual bool is_over() = 0;
};

// Until it is released, and then until it is over, somebody else than its owner holds it.
void enroll(const std::shared_ptr<Work>& work);
// Stops it. Does not wait.
void release(const std::shared_ptr<Work>& work);
// Stops all work and waits for it; for the interpreter's exit.
void end_all_work();

using Task = std::function<void(const std::stop_token&)>;
using Watch = std::function<void()>;

// Runs it without the GIL. In the main thread Ctrl-C raises its exception within a few hundredths
// of a second; the task is then asked to stop, so it owns whatever it uses. `watch` is called now
// and then, with the GIL; what it throws ends the call likewise.
void run_interruptibly(const Task& task, const Watch& watch = {});

// The same for a task that gives something.
template <class Result>
Result interruptible(std::function<Result(const std::stop_token&)> task, const Watch& watch = {}) {
  auto result = std::make_shared<std::optional<Result>>();
  run_interruptibly([result, task = std::move(task)](
                        const std::stop_token& stop) { result->emplace(task(stop)); },
                    watch);
  return std::move(result->value());
}

}  // namespace pomona::python
