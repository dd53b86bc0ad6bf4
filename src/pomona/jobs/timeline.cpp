// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/timeline.h"

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

}  // namespace pomona
