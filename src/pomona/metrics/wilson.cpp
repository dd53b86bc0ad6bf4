// SPDX-License-Identifier: Apache-2.0
#include "pomona/metrics/wilson.h"

#include <cmath>
#include <string>

#include "pomona/base/error.h"
#include "pomona/base/number_text.h"

namespace pomona {
namespace {

// Standard deviations of a normal distribution between which 95 % of it lie.
constexpr double kNormalQuantile = 1.959963984540054;

}  // namespace

Interval wilson_interval(double share, std::uint64_t units) {
  if (!(share >= 0 && share <= 1) || units == 0) {
    throw Error(ErrorKind::kInvalidInput,
                "measuring how sure a share is: expected a share from 0 to 1 of at least 1 draw, "
                "found " +
                    shown_number(share) + " of " + std::to_string(units));
  }
  const auto n = static_cast<double>(units);
  const double squared = kNormalQuantile * kNormalQuantile / n;
  const double centre = share + squared / 2;
  const double half = kNormalQuantile * std::sqrt(share * (1 - share) / n + squared / n / 4);
  // The ends are exact where nothing is wrong, or nothing right.
  return {share == 0 ? 0 : (centre - half) / (1 + squared),
          share == 1 ? 1 : (centre + half) / (1 + squared)};
}

}  // namespace pomona
