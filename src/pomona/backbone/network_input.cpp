// SPDX-License-Identifier: Apache-2.0
#include "pomona/backbone/network_input.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <openvino/op/convert.hpp>
#include <openvino/op/parameter.hpp>
#include <openvino/openvino.hpp>

#include "pomona/backbone/openvino_network.h"
#include "pomona/base/bounds.h"
#include "pomona/base/error.h"

namespace pomona {
namespace {

constexpr double kBrightest = 255;

struct Range {
  double least;
  double most;
};

// Types of whole numbers that can hold what pixels have to say.
const std::map<ov::element::Type_t, Range>& whole_ranges() {
  static const std::map<ov::element::Type_t, Range> ranges = {
      {ov::element::Type_t::u8, {0, 255}},    {ov::element::Type_t::i8, {-128, 127}},
      {ov::element::Type_t::u16, {0, 65535}}, {ov::element::Type_t::i16, {-32768, 32767}},
      {ov::element::Type_t::u32, {0, 1e9}},   {ov::element::Type_t::i32, {-1e9, 1e9}},
      {ov::element::Type_t::u64, {0, 1e9}},   {ov::element::Type_t::i64, {-1e9, 1e9}}};
  return ranges;
}

std::shared_ptr<ov::op::v0::Parameter> input_of(const ov::Model& network) {
  return network.get_parameters().front();
}

std::string names_of(const ov::ParameterVector& inputs) {
  std::string text;
  for (const auto& input : inputs) {
    text += (text.empty() ? "" : ", ") + input->get_friendly_name() + " " +
            input->get_partial_shape().to_string();
  }
  return text;
}

struct Axes {
  std::ptrdiff_t channels;
  std::ptrdiff_t height;
};

Axes axes_of(TensorLayout layout) {
  return layout == TensorLayout::kNhwc ? Axes{3, 1} : Axes{1, 2};
}

ov::PartialShape shape_of(const ov::Model& network) {
  const ov::PartialShape& shape = input_of(network)->get_partial_shape();
  return shape.rank().is_static() ? shape : ov::PartialShape::dynamic(4);
}

void check_channels(const ov::PartialShape& shape, TensorLayout layout) {
  const ov::Dimension& channels = shape[axes_of(layout).channels];
  const bool nhwc = layout == TensorLayout::kNhwc;
  const TensorLayout other = nhwc ? TensorLayout::kNchw : TensorLayout::kNhwc;
  // Nobody has pictures 3 pixels high.
  const bool swapped = channels != 3 && shape[axes_of(other).channels] == 3;
  if (channels.compatible(3) && !swapped) return;
  throw Error(ErrorKind::kInvalidInput,
              "layout: the network's input of shape " + shape.to_string() +
                  " does not hold RGB pictures as " + std::string(tensor_layout_name(layout)) +
                  (swapped ? "; import it as " + std::string(tensor_layout_name(other))
                           : "; expected 3 channels"));
}

void check_size(const ov::Model& network, const BackboneSpec& spec) {
  const ov::PartialShape shape = shape_of(network);
  const std::ptrdiff_t at = axes_of(spec.layout).height;
  if (shape[at].is_dynamic() || shape[at + 1].is_dynamic()) return;
  const auto height = shape[at].get_length();
  const auto width = shape[at + 1].get_length();
  if (height == spec.size && width == spec.size) return;
  if (takes_pictures(network, spec.layout, own_batch(network), spec.size)) return;
  throw Error(ErrorKind::kInvalidInput,
              "size: the network takes pictures of " + std::to_string(height) + " × " +
                  std::to_string(width) + " pixels and cannot be changed to " +
                  std::to_string(spec.size) +
                  (height == width ? "; import it with size " + std::to_string(height)
                                   : "; export it for pictures as high as wide"));
}

}  // namespace

ov::PartialShape picture_shape(TensorLayout layout, int batch, int size) {
  if (layout == TensorLayout::kNhwc) return {batch, size, size, 3};
  return {batch, 3, size, size};
}

bool takes_pictures(const ov::Model& network, TensorLayout layout, int batch, int size) {
  const std::shared_ptr<ov::Model> tried = network.clone();
  try {
    tried->reshape(picture_shape(layout, batch, size));
    // A layer tied to one size may take a larger picture for several of that size.
    return std::ranges::all_of(tried->outputs(), [batch](const ov::Output<ov::Node>& output) {
      const ov::PartialShape& shape = output.get_partial_shape();
      return shape.rank().is_dynamic() || shape.size() < 2 || shape[0].compatible(batch);
    });
  } catch (const std::exception&) {  // why not, depends on the network: the caller names the shape
    return false;
  }
}

void check_input(const ov::Model& network, const BackboneSpec& spec) {
  const auto& inputs = network.get_parameters();
  if (inputs.size() != 1) {
    throw Error(ErrorKind::kInvalidInput, "the network has " + std::to_string(inputs.size()) +
                                              " inputs; expected one, a batch of pictures; found " +
                                              names_of(inputs));
  }
  const ov::PartialShape& shape = inputs.front()->get_partial_shape();
  const ov::element::Type type = inputs.front()->get_element_type();
  if (!(type.is_real() || whole_ranges().contains(type)) || !shape.rank().compatible(4)) {
    throw Error(ErrorKind::kInvalidInput, "the network's input is " + type.to_string() +
                                              " of shape " + shape.to_string() +
                                              "; expected numbers of rank 4, a batch of pictures");
  }
  check_channels(shape_of(network), spec.layout);
  check_size(network, spec);
}

int own_batch(const ov::Model& network) {
  const ov::Dimension batch = shape_of(network)[0];
  if (batch.is_dynamic()) return 1;
  if (batch.get_length() > 0 && batch.get_length() <= static_cast<std::int64_t>(kMostBatch)) {
    return static_cast<int>(batch.get_length());
  }
  throw Error(ErrorKind::kInvalidInput, "the network takes " + std::to_string(batch.get_length()) +
                                            " pictures at a time; expected 1 to " +
                                            std::to_string(kMostBatch) +
                                            "; export it with a free batch dimension");
}

void set_batch(ov::Model& network, TensorLayout layout, const ov::Dimension& batch) {
  ov::PartialShape shape = shape_of(network);
  shape[0] = batch;
  shape[axes_of(layout).channels] = 3;
  network.reshape(shape);
}

bool takes_whole_numbers(const ov::Model& network) {
  return input_of(network)->get_element_type().is_integral_number();
}

float whole_number_mean(const ov::Model& network) {
  return input_of(network)->get_element_type() == ov::element::i8 ? 128 : 0;
}

void take_floats(ov::Model& network, const BackboneSpec& spec) {
  const auto given = input_of(network);
  const ov::element::Type type = given->get_element_type();
  if (type == ov::element::f32) return;
  if (takes_whole_numbers(network)) {
    const Range range = whole_ranges().at(type);
    const auto fits = [&](float mean) {
      const auto darkest = -static_cast<double>(mean);
      return mean == std::round(mean) && darkest >= range.least &&
             darkest + kBrightest <= range.most;
    };
    if (!std::ranges::all_of(spec.mean, fits) ||
        !std::ranges::all_of(spec.std_dev, [](float value) { return value == 1; })) {
      throw Error(ErrorKind::kInvalidInput,
                  "mean, std_dev: the network takes pixels as whole numbers (" + type.to_string() +
                      "); expected mean " + (type == ov::element::i8 ? "128" : "0") +
                      " and std_dev 1, found " + input_text(spec));
    }
  }
  const auto input =
      std::make_shared<ov::op::v0::Parameter>(ov::element::f32, given->get_partial_shape());
  const auto converted = std::make_shared<ov::op::v0::Convert>(input, type);
  for (ov::Input<ov::Node> consumer : given->output(0).get_target_inputs()) {
    consumer.replace_source_output(converted);
  }
  network.add_parameters({input});
  network.remove_parameter(given);
  network.validate_nodes_and_infer_types();
}

}  // namespace pomona
