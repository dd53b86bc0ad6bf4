// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/featurizer.h"

namespace pomona {

// Milliseconds of one core for one picture, efficientnet-lite0, fp32, on a CPU with AVX2 only:
//
//   size   batch 1     2     4     8    16
//    224      12.4  12.1  12.6  12.6  13.9
//    160       6.8   6.7   6.2   6.6   6.8
//    128       5.9   5.0   4.6   5.2   4.9
//     96       4.6   3.7   3.1   2.8   3.0
//
// With AVX-512, too, batch 1 beats batch 8 at 224 and loses below 160. bf16 was measured at 8
// alone. A small batch has one more merit: up to 4, at all these sizes, the bits of a row were
// those of batch 1; at 8 or 16 some differed by 1e-6 of the largest feature.
int default_batch(int size, Precision precision) {
  if (precision == Precision::kBf16 || size < 112) return 8;
  return size < 192 ? 4 : 1;
}

}  // namespace pomona
