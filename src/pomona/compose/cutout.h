// SPDX-License-Identifier: Apache-2.0
// Cuts what was photographed out of its white ground.
//
// Ground is what is nearly white and can be reached from the border of the picture through nearly
// white pixels: highlights within a fruit stay. Where fruit and ground meet, a pixel shows some of
// both; how much of it is fruit follows from how white it is beside the pixels just within, and the
// white is taken out of its colour, so that no light rim is left on a darker background.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/base/expected.h"
#include "pomona/compose/layer.h"
#include "pomona/image/image.h"

namespace pomona {

enum class CutoutFailureKind {
  kNoGround,  // the border is not white
  kNoFruit,   // all is white
};
// "no_ground", "no_fruit": as in failures.csv.
std::string_view cutout_failure_name(CutoutFailureKind kind);

struct CutoutFailure {
  CutoutFailureKind kind = CutoutFailureKind::kNoGround;
  std::string message;  // what was expected and found
};

// Keeps its memory from one picture to the next. One per thread.
class Cutter {
 public:
  // Fills `fruit`: what is not ground, with a transparent margin of a few pixels; unspecified after
  // a failure.
  expected<void, CutoutFailure> cut(const Image& studio, Layer& fruit);

 private:
  void find_ground(const Image& studio);
  void find_near_ground(const Image& studio);
  bool is_near_ground(const Image& studio, int x, int y) const;
  double ground_at_border(const Image& studio) const;

  std::vector<std::uint8_t> ground_;       // height × width: 1 is ground
  std::vector<std::uint8_t> near_along_;   // the same, with what is near in its row
  std::vector<std::uint8_t> near_ground_;  // … and in its column
  std::vector<std::size_t> reached_;       // whose neighbours are still to be looked at
};

}  // namespace pomona
