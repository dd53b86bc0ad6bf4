// SPDX-License-Identifier: Apache-2.0
// How a picture that is not square becomes square. Which part of a photograph the picture is, is
// another question: features/crop.h. Any thread.
#pragma once

#include <string_view>

namespace pomona {

enum class Fit {
  kSquash,  // both sides scaled on their own: the whole picture, out of proportion
  kCrop,    // the largest centred square
  kPad,     // the whole picture in proportion, grey (127) around it
};

std::string_view fit_name(Fit fit);        // "squash", "crop", "pad"
Fit fit_from_name(std::string_view name);  // throws invalid_input

}  // namespace pomona
