// SPDX-License-Identifier: Apache-2.0
// Finds what to keep of a network somebody else made. Private to this module. Any thread, each with
// a network of its own.
#pragma once

#include <memory>
#include <string>

#include "pomona/backbone/import_backbone.h"

namespace ov {
class Model;
class Node;
template <class NodeType>
class Output;
}  // namespace ov

namespace pomona {

// The output of the network, or of any node inside it, that has this name: a tensor's name, a
// node's name, or "node:port". Empty: the only output. Throws invalid_input with the names there
// are.
ov::Output<ov::Node> find_output(const ov::Model& network, const std::string& name);

// The numbers of an output as float32, whatever its own type. Throws invalid_input where that holds
// no measure of anything: booleans, text, indices.
ov::Output<ov::Node> as_floats(const ov::Output<ov::Node>& output);

// One vector a picture: rows × dims stay as they are; tokens (rows × tokens × width) and maps
// become vectors as `pool` says. A single vector without rows is that of one picture. Throws
// invalid_input for other shapes.
ov::Output<ov::Node> pooled(const ov::Output<ov::Node>& output, TensorLayout layout, Pool pool);

}  // namespace pomona
