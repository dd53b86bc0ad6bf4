// SPDX-License-Identifier: Apache-2.0
// (pixel - mean) / std_dev from interleaved 8-bit RGB into float tensors, RGB or BGR. Exactly that
// in float32: one subtraction, one division, on every processor the same bits. Any thread.
#pragma once

#include <span>

#include "pomona/backbone/backbone.h"
#include "pomona/image/image.h"

namespace pomona {

// tensor: 3 × height × width floats for kNchw, height × width × 3 for kNhwc.
void normalize(const Image& image, const BackboneSpec& spec, std::span<float> tensor);

}  // namespace pomona
