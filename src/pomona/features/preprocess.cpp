// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/preprocess.h"

#include "pomona/features/normalize.h"

namespace pomona {

Preprocessor::Preprocessor(const BackboneSpec& spec, int size, Fit fit)
    : spec_(spec), size_(size), fit_(fit) {}

void Preprocessor::fill(const Image& image, std::span<float> input) {
  resizer_.fit(image, fit_, size_, ResizeFilter::kBicubic, resized_);
  normalize(resized_, spec_, input);
}

}  // namespace pomona
