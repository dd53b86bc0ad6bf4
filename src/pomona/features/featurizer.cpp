// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/featurizer.h"

namespace pomona {

int default_batch(int size, Precision precision) {
  return size >= 192 && precision == Precision::kF32 ? 1 : 8;
}

}  // namespace pomona
