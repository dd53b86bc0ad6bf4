// SPDX-License-Identifier: Apache-2.0
#include "pomona/backbone/network_output.h"

#include <algorithm>
#include <openvino/op/constant.hpp>
#include <openvino/op/convert.hpp>
#include <openvino/op/gather.hpp>
#include <openvino/op/reduce_mean.hpp>
#include <openvino/op/reshape.hpp>
#include <openvino/op/result.hpp>
#include <openvino/openvino.hpp>
#include <vector>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using Outputs = std::vector<ov::Output<ov::Node>>;

Outputs network_outputs(const ov::Model& network) {
  Outputs outputs;
  for (const auto& result : network.get_results()) outputs.push_back(result->input_value(0));
  return outputs;
}

std::string name_of(const ov::Output<ov::Node>& output) {
  const auto& names = output.get_names();
  // The shortest, for people; several of equal length in byte order.
  const auto shorter = [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  };
  const auto shortest = std::min_element(names.begin(), names.end(), shorter);
  return shortest == names.end() ? output.get_node()->get_friendly_name() : *shortest;
}

std::string describe(const Outputs& outputs) {
  std::string text;
  for (const ov::Output<ov::Node>& output : outputs) {
    text +=
        (text.empty() ? "" : ", ") + name_of(output) + " " + output.get_partial_shape().to_string();
  }
  return text;
}

bool is_called(const ov::Output<ov::Node>& output, const std::string& name) {
  if (output.get_names().count(name) != 0) return true;
  const std::string& node = output.get_node()->get_friendly_name();
  const bool only = output.get_node()->get_output_size() == 1;
  return (only && node == name) || node + ":" + std::to_string(output.get_index()) == name;
}

bool name_holds(const ov::Output<ov::Node>& output, const std::string& part) {
  const auto holds = [&](const std::string& name) { return name.find(part) != std::string::npos; };
  const auto& names = output.get_names();
  return holds(output.get_node()->get_friendly_name()) ||
         std::any_of(names.begin(), names.end(), holds);
}

// The last that are computed and whose name holds `part`: what the caller may have meant, features
// being near the end.
Outputs last_outputs_like(const ov::Model& network, const std::string& part) {
  constexpr std::size_t kMost = 10;
  const auto nodes = network.get_ordered_ops();
  Outputs found;
  for (auto node = nodes.rbegin(); node != nodes.rend() && found.size() < kMost; ++node) {
    if ((*node)->get_input_size() == 0 || ov::is_type<ov::op::v0::Result>(*node)) continue;
    for (const auto& output : (*node)->outputs()) {
      if (name_holds(output, part)) found.push_back(output);
    }
  }
  std::reverse(found.begin(), found.end());
  return found;
}

[[noreturn]] void throw_unknown(const ov::Model& network, const std::string& name) {
  std::string message = "the network has no output or node called \"" + name +
                        "\"; its outputs are " + describe(network_outputs(network));
  const Outputs similar = last_outputs_like(network, name);
  message += similar.empty() ? "; its last nodes are " + describe(last_outputs_like(network, ""))
                             : "; nodes with such a name are " + describe(similar);
  throw Error(ErrorKind::kInvalidInput, message);
}

// Which axes of a rank-4 map are rows and columns. The input is square, so the map is: where that
// does not tell, the layout of the input does (front ends may have moved transpositions about).
std::vector<std::int64_t> spatial_axes(const ov::PartialShape& shape, TensorLayout layout) {
  const bool last_two = shape[2] == shape[3];
  const bool middle_two = shape[1] == shape[2];
  const bool channels_first = last_two != middle_two ? last_two : layout == TensorLayout::kNchw;
  return channels_first ? std::vector<std::int64_t>{2, 3} : std::vector<std::int64_t>{1, 2};
}

// Rows × all the rest; 0 rows: as many as there are.
ov::Output<ov::Node> flattened(const ov::Output<ov::Node>& output, std::int64_t rows) {
  const auto shape =
      ov::op::v0::Constant::create(ov::element::i64, {2}, std::vector<std::int64_t>{rows, -1});
  return std::make_shared<ov::op::v1::Reshape>(output, shape, /*special_zero=*/true)->output(0);
}

}  // namespace

ov::Output<ov::Node> find_output(const ov::Model& network, const std::string& name) {
  const Outputs outputs = network_outputs(network);
  if (name.empty()) {
    if (outputs.size() == 1) return outputs.front();
    throw Error(ErrorKind::kInvalidInput,
                "the network has " + std::to_string(outputs.size()) +
                    " outputs; name the one that holds the features (features_output): " +
                    describe(outputs));
  }
  for (const auto& result : network.get_results()) {
    if (result->get_friendly_name() == name || is_called(result->output(0), name)) {
      return result->input_value(0);
    }
  }
  for (const auto& node : network.get_ordered_ops()) {
    for (const auto& output : node->outputs()) {
      if (is_called(output, name)) return output;
    }
  }
  throw_unknown(network, name);
}

ov::Output<ov::Node> as_floats(const ov::Output<ov::Node>& output) {
  const ov::element::Type type = output.get_element_type();
  if (type == ov::element::f32) return output;
  // Quantised networks answer in 8 bits.
  if (!type.is_real() && type != ov::element::u8 && type != ov::element::i8) {
    throw Error(ErrorKind::kInvalidInput, "output " + name_of(output) + " is of type " +
                                              type.to_string() +
                                              "; expected floats, such as those of the layer "
                                              "before the classifier");
  }
  return std::make_shared<ov::op::v0::Convert>(output, ov::element::f32)->output(0);
}

ov::Output<ov::Node> pooled(const ov::Output<ov::Node>& output, TensorLayout layout, Pool pool) {
  const ov::PartialShape& shape = output.get_partial_shape();
  const std::int64_t rank = shape.rank().is_static() ? shape.rank().get_length() : 0;
  const bool vector = rank == 1 && shape[0].is_static() && shape[0].get_length() > 1;
  if (pool == Pool::kCls && rank != 3) {
    throw Error(ErrorKind::kInvalidInput,
                "pool: output " + name_of(output) + " has shape " + shape.to_string() +
                    "; expected rows × tokens × width for cls; take mean, or another output");
  }
  if (rank == 2) return output;
  if (vector) return flattened(output, 1);
  if (rank != 3 && rank != 4) {
    throw Error(ErrorKind::kInvalidInput,
                "output " + name_of(output) + " has shape " + shape.to_string() +
                    "; expected rows × features, rows × tokens × width, or a map of rank 4");
  }
  if (pool == Pool::kNone) return flattened(output, 0);
  const std::vector<std::int64_t> tokens = {1};
  if (pool == Pool::kCls) {
    const auto first = ov::op::v0::Constant::create(ov::element::i64, {}, {0});
    const auto axis = ov::op::v0::Constant::create(ov::element::i64, {}, tokens);
    return std::make_shared<ov::op::v8::Gather>(output, first, axis)->output(0);
  }
  const std::vector<std::int64_t> over = rank == 3 ? tokens : spatial_axes(shape, layout);
  const auto axes = ov::op::v0::Constant::create(ov::element::i64, {over.size()}, over);
  return std::make_shared<ov::op::v1::ReduceMean>(output, axes, /*keep_dims=*/false)->output(0);
}

}  // namespace pomona
