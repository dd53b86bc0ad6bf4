// SPDX-License-Identifier: Apache-2.0
// Where the time of a run goes, stage after stage. A value, used by one thread at a time.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace pomona {

struct TimelineStage {
  std::string stage;
  double start = 0;  // seconds since the run began
  double seconds = 0;
};

class Timeline {
 public:
  Timeline();

  // Ends the stage before and begins the next.
  void begin(std::string_view stage);
  void end();
  // Ends the stage before and goes on with the stages of `part`, which began later. A stage that is
  // open there stays open.
  void append(const Timeline& part);
  double seconds() const;  // since the run began
  const std::vector<TimelineStage>& stages() const { return stages_; }

 private:
  std::chrono::steady_clock::time_point start_;
  std::vector<TimelineStage> stages_;
  bool open_ = false;
};

}  // namespace pomona
