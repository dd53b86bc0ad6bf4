// SPDX-License-Identifier: Apache-2.0
// A foreign network is cut down to what leads to the wanted outputs, and written in a canonical
// form: constants folded, nodes named by their place, no notes of where and by what it was made.
// So the same file gives the same bytes whenever and wherever it is imported, and folding alone
// takes a third off the time that loading it takes.
#include "pomona/backbone/import_backbone.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <openvino/op/convert.hpp>
#include <openvino/op/parameter.hpp>
#include <openvino/op/result.hpp>
#include <openvino/openvino.hpp>
#include <openvino/pass/constant_folding.hpp>
#include <openvino/pass/manager.hpp>
#include <openvino/pass/serialize.hpp>
#include <sstream>
#include <utility>

#include "pomona/backbone/foreign_network.h"
#include "pomona/backbone/network_input.h"
#include "pomona/backbone/network_output.h"
#include "pomona/backbone/openvino_featurizer.h"
#include "pomona/backbone/openvino_network.h"
#include "pomona/base/bounds.h"

namespace pomona {
namespace {

constexpr float kLargestMean = 1e6F;
// PCA keeps the products of each two: 2 GiB of these.
constexpr std::int64_t kMostFeatures = 16384;

// What the wanted outputs need: text encoders and heads of other tasks go, with their inputs.
std::shared_ptr<ov::Model> cut_network(const ov::Model& foreign, const ImportOptions& options) {
  const auto result_of = [](const ov::Output<ov::Node>& output) {
    return std::make_shared<ov::op::v0::Result>(output);
  };
  const auto features = find_output(foreign, options.features_output);
  ov::ResultVector results = {result_of(features)};
  if (!options.logits_output.empty()) {
    const auto logits = find_output(foreign, options.logits_output);
    if (logits == features) {
      throw Error(ErrorKind::kInvalidInput, "\"" + options.features_output + "\" and \"" +
                                                options.logits_output + "\" are the same output");
    }
    results.push_back(result_of(logits));
  }
  auto cut = std::make_shared<ov::Model>(results, foreign.get_parameters());
  const auto ordered = ov::topological_sort(ov::NodeVector(results.begin(), results.end()));
  for (const auto& input : foreign.get_parameters()) {
    if (std::ranges::find(ordered, input) == ordered.end()) cut->remove_parameter(input);
  }
  return cut;
}

// Features in float32. What computes logits from them takes them in the type they had, so that
// nothing but the features lies between the two parts of the network.
ov::Output<ov::Node> float_features(const ov::Output<ov::Node>& features) {
  const auto consumers = features.get_target_inputs();
  const auto floats = as_floats(features);
  if (floats == features) return floats;
  const auto back = std::make_shared<ov::op::v0::Convert>(floats, features.get_element_type());
  for (ov::Input<ov::Node> consumer : consumers) consumer.replace_source_output(back);
  return floats;
}

void give_vectors(ov::Model& network, const ImportOptions& options) {
  const TensorLayout layout = options.spec.layout;
  const auto replace = [&](std::size_t index, const ov::Output<ov::Node>& output) {
    network.get_results().at(index)->input(0).replace_source_output(output);
  };
  const auto features = network.get_results().at(0)->input_value(0);
  replace(0, pooled(float_features(features), layout, options.pool));
  if (network.get_results().size() > 1) {
    const auto logits = network.get_results().at(1)->input_value(0);
    replace(1, pooled(as_floats(logits), layout, Pool::kMean));
  }
  network.validate_nodes_and_infer_types();
}

// OpenVINO names new nodes by a counter of the process, and notes paths and versions.
void make_canonical(ov::Model& network) {
  network.get_rt_info().clear();
  network.set_friendly_name("backbone");
  std::size_t place = 0;
  for (const auto& node : network.get_ordered_ops()) {
    node->get_rt_info().clear();
    node->set_friendly_name(std::string(node->get_type_name()) + "_" + std::to_string(place++));
    for (auto& output : node->outputs()) {
      output.set_names({});
      output.get_rt_info().clear();
    }
  }
  network.input().set_names({"image"});
  network.output(0).set_names({kFeaturesOutput});
  if (network.get_results().size() > 1) network.output(1).set_names({kLogitsOutput});
}

// Of pictures of the backbone's own size.
int columns_of(const ov::Model& network, std::size_t index, const std::string& name) {
  const ov::PartialShape& shape = network.output(index).get_partial_shape();
  if (shape.rank() != 2 || shape[1].is_dynamic()) {
    throw Error(ErrorKind::kInvalidInput, "output \"" + name + "\" has shape " + shape.to_string() +
                                              "; expected a fixed count of numbers a picture");
  }
  if (shape[1].get_length() > kMostFeatures) {
    throw Error(ErrorKind::kInvalidInput,
                "pool: output \"" + name + "\" gives " + std::to_string(shape[1].get_length()) +
                    " numbers a picture; expected at most " + std::to_string(kMostFeatures) +
                    "; take mean or cls, or another output");
  }
  return static_cast<int>(shape[1].get_length());
}

constexpr std::size_t kPair = 2;

std::pair<std::vector<float>, std::vector<float>> features_of_pair(Featurizer& featurizer,
                                                                   const BackboneSpec& spec,
                                                                   std::size_t first) {
  for (std::size_t row = 0; row < kPair; ++row) {
    const std::span<float> input = featurizer.input(0, row);
    for (std::size_t i = 0; i < input.size(); ++i) {
      const auto pixel = static_cast<float>((i * (first + row + 1)) % 255);
      input[i] = (pixel - spec.mean[0]) / spec.std_dev[0];
    }
  }
  featurizer.submit(0);
  const MatrixView<const float> features = featurizer.collect(0);
  const auto copy = [&](std::size_t row) {
    return std::vector<float>(features.row(row).begin(), features.row(row).end());
  };
  return {copy(0), copy(1)};
}

// Computes test pictures A and B, then B and C: the features of B must be the same beside either.
void check_answers(const Backbone& backbone) {
  constexpr float kRounding = 1e-3F;
  FeaturizerOptions options;
  options.batch = kPair;
  const std::unique_ptr<Featurizer> featurizer = make_openvino_featurizer(backbone, options);
  const std::vector<float> second = features_of_pair(*featurizer, backbone.spec, 0).second;
  const std::vector<float> first = features_of_pair(*featurizer, backbone.spec, 1).first;
  float largest = 0;
  float difference = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (!std::isfinite(first[i]) || !std::isfinite(second[i])) {
      throw Error(ErrorKind::kInvalidInput,
                  "the network answers a test picture with numbers that are not finite");
    }
    largest = std::max(largest, std::abs(first[i]));
    difference = std::max(difference, std::abs(first[i] - second[i]));
  }
  if (difference > kRounding * largest) {
    throw Error(ErrorKind::kInvalidInput,
                "the network's features of a picture depend on the other pictures of its batch; "
                "export it for inference, with a free batch dimension or a batch of 1");
  }
}

std::shared_ptr<ov::Model> at_size(const ov::Model& network, const BackboneSpec& spec, int batch) {
  std::shared_ptr<ov::Model> shaped = network.clone();
  try {
    shaped->reshape(picture_shape(spec.layout, batch == 0 ? 1 : batch, spec.size));
    return shaped;
  } catch (const std::exception&) {
    const std::string size = std::to_string(spec.size);
    rethrow_openvino(ErrorKind::kInvalidInput,
                     "size: the network does not take pictures of " + size + " × " + size +
                         " pixels as " + std::string(tensor_layout_name(spec.layout)),
                     "import it with the size and layout that it was trained with");
  }
}

Backbone to_backbone(ov::Model& network, const ImportOptions& options, int batch) {
  Backbone backbone;
  backbone.spec = options.spec;
  backbone.spec.batch = batch;
  const std::shared_ptr<ov::Model> shaped = at_size(network, options.spec, batch);
  backbone.spec.feature_count = columns_of(*shaped, 0, options.features_output);
  if (network.get_results().size() > 1) {
    backbone.spec.logit_count = columns_of(*shaped, 1, options.logits_output);
  }
  std::ostringstream xml;
  std::ostringstream bin;
  ov::pass::Serialize(xml, bin).run_on_model(network.shared_from_this());
  backbone.network_xml = std::move(xml).str();
  backbone.network_bin = std::move(bin).str();
  backbone.license_text = options.license_text;
  backbone.digest = backbone_digest(backbone.network_xml, backbone.network_bin);
  return backbone;
}

// batch 0: any number of pictures at a time.
Backbone make_backbone(const ov::Model& cut, const ImportOptions& options, int batch) {
  const std::shared_ptr<ov::Model> network = cut.clone();
  set_batch(*network, options.spec.layout, batch == 0 ? ov::Dimension::dynamic() : batch);
  take_floats(*network, options.spec);
  give_vectors(*network, options);
  ov::pass::Manager folding;
  folding.register_pass<ov::pass::ConstantFolding>();
  folding.run_passes(network);
  make_canonical(*network);
  Backbone backbone = to_backbone(*network, options, batch);
  check_answers(backbone);
  return backbone;
}

std::optional<Backbone> free_backbone(const ov::Model& cut, const ImportOptions& options) {
  try {
    return make_backbone(cut, options, 0);
  } catch (const std::exception&) {  // its own batch gives the same error, or works
    return std::nullopt;
  }
}

ImportOptions with_input(ImportOptions options, const ov::Model& network) {
  const bool whole = takes_whole_numbers(network);
  const float mean = whole_number_mean(network);
  BackboneSpec& spec = options.spec;
  if (whole) {
    spec.mean = {mean, mean, mean};
    spec.std_dev = {1, 1, 1};
  }
  spec.mean = options.mean.value_or(spec.mean);
  spec.std_dev = options.std_dev.value_or(spec.std_dev);
  return options;
}

}  // namespace

std::string_view pool_name(Pool pool) {
  switch (pool) {
    case Pool::kCls: return "cls";
    case Pool::kNone: return "none";
    case Pool::kMean: break;
  }
  return "mean";
}

Pool pool_from_name(std::string_view name) {
  for (const Pool pool : {Pool::kMean, Pool::kCls, Pool::kNone}) {
    if (pool_name(pool) == name) return pool;
  }
  refuse_option("pool", "mean, cls or none", "'" + std::string(name) + "'");
}

void ImportOptions::check() const {
  check_given("name", !spec.name.empty(), "the name that commands call the backbone by");
  check_range("size", spec.size, kLeastSide, kMostSide);
  const std::array<float, 3> some = {1, 1, 1};
  for (const float value : mean.value_or(some)) {
    check_range("mean", value, -kLargestMean, kLargestMean);
  }
  for (const float value : std_dev.value_or(some)) {
    if (!(value > 0 && std::isfinite(value))) {
      refuse_option("std_dev", "numbers above 0", shown_number(value));
    }
  }
}

Backbone import_backbone(const std::string& path, const ImportOptions& given) {
  given.check();
  const std::shared_ptr<ov::Model> foreign = read_foreign_network(path);
  try {
    const std::shared_ptr<ov::Model> cut = cut_network(*foreign, given);
    check_input(*cut, given.spec);
    const ImportOptions options = with_input(given, *cut);
    if (std::optional<Backbone> backbone = free_backbone(*cut, options)) return *backbone;
    return make_backbone(*cut, options, own_batch(*cut));
  } catch (const Error& error) {
    throw Error(error.kind(), "importing " + path + ": " + error.what());
  } catch (const std::exception&) {
    rethrow_openvino(ErrorKind::kInvalidInput, "importing " + path, "export it in another format");
  }
}

}  // namespace pomona
