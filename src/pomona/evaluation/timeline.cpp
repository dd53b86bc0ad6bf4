// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/timeline.h"

namespace pomona {

Timeline::Timeline() : start_(std::chrono::steady_clock::now()) {}

double Timeline::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void Timeline::begin(std::string_view stage) {
  end();
  stages_.push_back({std::string(stage), seconds(), 0});
  open_ = true;
}

void Timeline::end() {
  if (open_) stages_.back().seconds = seconds() - stages_.back().start;
  open_ = false;
}

void Timeline::append(const Timeline& part) {
  end();
  const double later = std::chrono::duration<double>(part.start_ - start_).count();
  for (const TimelineStage& one : part.stages_) {
    stages_.push_back({one.stage, one.start + later, one.seconds});
  }
  open_ = part.open_;
}

}  // namespace pomona
