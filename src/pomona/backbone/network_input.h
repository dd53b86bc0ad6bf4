// SPDX-License-Identifier: Apache-2.0
// Makes the input of a network somebody else made one that takes our pictures. Private to this
// module. Any thread, each with a network of its own.
#pragma once

#include <string>

#include "pomona/backbone/backbone.h"

namespace ov {
class Dimension;
class Model;
class PartialShape;
namespace element {
class Type;
}
}  // namespace ov

namespace pomona {

// Of `batch` pictures with `size` pixels a side.
ov::PartialShape picture_shape(TensorLayout layout, int batch, int size);
// Whether the network can be reshaped to that.
bool takes_pictures(const ov::Model& network, TensorLayout layout, int batch, int size);

// Throws invalid_input for a network of no or several inputs, an input that holds no RGB pictures
// in this layout, and, where height and width are fixed, one that does not take size × size.
void check_input(const ov::Model& network, const BackboneSpec& spec);

// How many pictures the network was exported for; 1 where it is said to take any number.
int own_batch(const ov::Model& network);

// Height and width stay as free or as fixed as they are: folding constants at a fixed size could
// tie the network to it.
void set_batch(ov::Model& network, TensorLayout layout, const ov::Dimension& batch);

// Whether the input holds whole numbers, such as pixels.
bool takes_whole_numbers(const ov::Model& network);
// Lets the network take floats, whatever its own type of input. Throws invalid_input where that is
// of whole numbers and the input of this spec is not, or leaves their range.
void take_floats(ov::Model& network, const BackboneSpec& spec);
// The mean that leaves pixels as they are for a network of whole numbers: 0, or 128 for int8.
float whole_number_mean(const ov::Model& network);

}  // namespace pomona
