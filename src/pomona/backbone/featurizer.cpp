// SPDX-License-Identifier: Apache-2.0
#include "pomona/backbone/featurizer.h"

#include <cstdint>
#include <string>

#include "pomona/base/bounds.h"
#include "pomona/base/error.h"

namespace pomona {
namespace {

// 4096 × 4096 of one picture, 128 × 128 of 1024. Inner layers take a hundred bytes and more for
// each.
constexpr std::int64_t kMostPixels = std::int64_t{1} << 24U;
constexpr int kLargestBatch = 1024;

// Milliseconds of one core for one picture, efficientnet-lite0:
//
//             AVX2 only, fp32        AVX-512, fp32       AVX-512, bf16
//   batch   1    2    4    8 |    1    2    4    8 |   1    2    4    8
//    224  12.4 12.1 12.6 12.6 |  9.3  9.4 12.7 13.4 | 5.5  5.0  5.2  6.5
//    160   6.8  6.7  6.2  6.6 |  6.0  4.7  4.9  6.4 | 3.0  3.5  2.9  2.8
//    128   5.9  5.0  4.6  5.2 |  4.9  3.3  3.1  3.6 | 2.1  2.1  1.8  1.9
//     96   4.6  3.7  3.1  2.8 |  2.8  2.4  1.9  1.9 | 1.2  1.6  1.1  0.9
//
// What fits into a core's second cache is fastest; where the network takes 4 and 8 alike, a whole
// extraction gains 5 % with 8, since threads wait for each other half as often. A small batch has
// one more merit: in fp32 up to 4, at all these sizes, the bits of a row were those of batch 1; at
// 8 or 16 some differed by 1e-6 of the largest feature.
int fastest_batch(int size, Precision precision) {
  if (size < 112) return 8;
  if (size >= 192) return 2;
  return precision == Precision::kBf16 ? 8 : 4;
}

}  // namespace

void FeaturizerOptions::check() const {
  check_range("size", size, 0, kLargestSize);
  check_range("batch", batch, 0, kLargestBatch);
  check_range("slots", slots, 1, kMostWorkers);
  check_range("threads", threads, 1, kMostWorkers);
  if (size > 0 && batch > 0) check_batch(size, batch);
}

int default_batch(const BackboneSpec& spec, int size, Precision precision) {
  const int fastest = fastest_batch(size, precision);
  const int step = spec.batch == 0 ? 1 : spec.batch;
  return (fastest + step - 1) / step * step;
}

void check_batch(int size, int batch) {
  if (std::int64_t{batch} * size * size <= kMostPixels) return;
  throw Error(ErrorKind::kInvalidInput, "batch: " + std::to_string(batch) + " pictures of " +
                                            std::to_string(size) +
                                            " pixels a side are too many at once; take a smaller "
                                            "batch");
}

}  // namespace pomona
