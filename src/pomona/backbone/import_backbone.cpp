// SPDX-License-Identifier: Apache-2.0
// A foreign network is cut down to what leads to the wanted outputs, and written in a canonical
// form: constants folded, nodes named by their place, no notes of where and by what it was made.
// So the same file gives the same bytes whenever and wherever it is imported, and folding alone
// takes a third off the time that loading it takes.
#include "pomona/backbone/import_backbone.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <openvino/op/parameter.hpp>
#include <openvino/op/result.hpp>
#include <openvino/openvino.hpp>
#include <openvino/pass/constant_folding.hpp>
#include <openvino/pass/manager.hpp>
#include <openvino/pass/serialize.hpp>
#include <sstream>

#include "pomona/backbone/featurizer.h"
#include "pomona/backbone/network_output.h"
#include "pomona/backbone/openvino_featurizer.h"
#include "pomona/backbone/openvino_network.h"
#include "pomona/base/bounds.h"

namespace pomona {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFormats =
    "ONNX (.onnx), TensorFlow SavedModel (a folder), TensorFlow Lite (.tflite) and OpenVINO IR "
    "(.xml beside .bin) can be imported";

// Of values on the 0…255 scale, with room for any that a network may be fed.
constexpr float kFarPixel = 65'536;
constexpr float kLeastStdDev = 0.001F;

bool has_known_format(const fs::path& path) {
  if (fs::is_directory(path)) return fs::exists(path / "saved_model.pb");
  const std::string extension = path.extension().string();
  return extension == ".onnx" || extension == ".tflite" || extension == ".xml";
}

// What a file is that carries a network's name and is none, and where the network is; "" where it
// may be one.
std::string what_else_it_is(const fs::path& path) {
  if (fs::is_directory(path)) return "";
  std::string head(200, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  if (head.empty()) return "the file is empty; copy it from where it came, with all its bytes";
  if (head.starts_with("version https://git-lfs.github.com/spec/")) {
    return "the file is a pointer of Git LFS, not the network; `git lfs pull` fetches the network";
  }
  std::ranges::transform(head, head.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::string_view text =
      std::string_view(head).substr(std::min(head.find_first_not_of(" \t\r\n"), head.size()));
  if (text.starts_with("<!doctype html") || text.starts_with("<html")) {
    return "the file is a web page; download the network that the page offers";
  }
  if (path.extension() == ".xml" && !fs::exists(fs::path(path).replace_extension(".bin"))) {
    return "its weights are missing; copy " +
           fs::path(path).replace_extension(".bin").filename().string() + " beside it";
  }
  return "";
}

std::shared_ptr<ov::Model> read_foreign(const std::string& path) {
  const std::string doing = "importing " + path;
  if (std::error_code error; !fs::exists(path, error)) {
    throw Error(ErrorKind::kNotFound, doing + ": there is no such file or folder");
  }
  if (!has_known_format(path)) {
    throw Error(ErrorKind::kInvalidInput, doing + ": not a format known here; " + kFormats);
  }
  if (const std::string what = what_else_it_is(path); !what.empty()) {
    throw Error(ErrorKind::kCorrupt, doing + ": " + what);
  }
  try {
    return openvino_core().read_model(path);
  } catch (const std::exception&) {
    rethrow_openvino(ErrorKind::kCorrupt, doing,
                     "where an operation is named, export the network without it or for an older "
                     "operation set; else the file is not whole: compare its size with that of the "
                     "original");
  }
}

std::shared_ptr<ov::op::v0::Parameter> only_input(const ov::Model& network) {
  const auto& inputs = network.get_parameters();
  if (inputs.size() != 1) {
    throw Error(ErrorKind::kInvalidInput, "the network has " + std::to_string(inputs.size()) +
                                              " inputs; expected one, a batch of pictures");
  }
  const auto& input = inputs.front();
  const ov::PartialShape& shape = input->get_partial_shape();
  if (input->get_element_type() != ov::element::f32 || !shape.rank().compatible(4)) {
    throw Error(ErrorKind::kInvalidInput, "the network's input is " +
                                              input->get_element_type().to_string() + " of shape " +
                                              shape.to_string() + "; expected f32 of rank 4");
  }
  return input;
}

// Any number of pictures. Height and width stay as free or as fixed as they are: folding constants
// at a fixed size could tie the network to it.
void free_batch(ov::Model& network, TensorLayout layout) {
  const auto input = only_input(network);
  const ov::PartialShape given = input->get_partial_shape();
  ov::PartialShape wanted = given.rank().is_static() ? given : ov::PartialShape::dynamic(4);
  wanted[0] = ov::Dimension::dynamic();
  ov::Dimension& channels = wanted[layout == TensorLayout::kNhwc ? 3 : 1];
  try {
    if (!channels.compatible(3)) throw std::runtime_error("it has no 3 channels there");
    channels = 3;
    network.reshape(wanted);
  } catch (const std::exception&) {
    rethrow_openvino(ErrorKind::kInvalidInput,
                     "the network's input of shape " + given.to_string() +
                         " does not take batches of RGB pictures as " +
                         std::string(tensor_layout_name(layout)),
                     "check the layout, or export with a free batch dimension");
  }
}

std::shared_ptr<ov::Model> cut_network(const std::shared_ptr<ov::Model>& foreign,
                                       const ImportOptions& options) {
  const TensorLayout layout = options.spec.layout;
  free_batch(*foreign, layout);
  const auto result_of = [](const ov::Output<ov::Node>& output) {
    return std::make_shared<ov::op::v0::Result>(output);
  };
  const auto features = find_output(*foreign, options.features_output);
  ov::ResultVector results = {result_of(pooled(features, layout))};
  if (!options.logits_output.empty()) {
    const auto logits = find_output(*foreign, options.logits_output);
    if (logits == features) {
      throw Error(ErrorKind::kInvalidInput, "\"" + options.features_output + "\" and \"" +
                                                options.logits_output + "\" are the same output");
    }
    results.push_back(result_of(pooled(logits, layout)));
  }
  return std::make_shared<ov::Model>(results, foreign->get_parameters());
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

int columns_of(const ov::Model& network, std::size_t index, const std::string& name) {
  const ov::PartialShape& shape = network.output(index).get_partial_shape();
  if (shape.rank() != 2 || shape[1].is_dynamic()) {
    throw Error(ErrorKind::kInvalidInput, "output \"" + name + "\" has shape " + shape.to_string() +
                                              "; expected a fixed count of numbers a picture");
  }
  return static_cast<int>(shape[1].get_length());
}

void check_answers(const Backbone& backbone) {
  FeaturizerOptions options;
  options.batch = 2;
  const std::unique_ptr<Featurizer> featurizer = make_openvino_featurizer(backbone, options);
  for (std::size_t row = 0; row < featurizer->batch(); ++row) {
    const std::span<float> input = featurizer->input(0, row);
    for (std::size_t i = 0; i < input.size(); ++i) {
      input[i] = static_cast<float>((i * (row + 1)) % 255) / 128.0F - 1.0F;
    }
  }
  featurizer->submit(0);
  const MatrixView<const float> features = featurizer->collect(0);
  const bool finite = std::all_of(features.data(), features.data() + features.size(),
                                  [](float value) { return std::isfinite(value); });
  if (!finite) {
    throw Error(ErrorKind::kInvalidInput,
                "the network answers a test picture with numbers that are not finite");
  }
}

Backbone to_backbone(ov::Model& network, const ImportOptions& options) {
  Backbone backbone;
  backbone.spec = options.spec;
  backbone.spec.feature_count = columns_of(network, 0, options.features_output);
  if (network.get_results().size() > 1) {
    backbone.spec.logit_count = columns_of(network, 1, options.logits_output);
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

}  // namespace

void ImportOptions::check() const {
  check_given("name", !spec.name.empty(), "the name that commands call the backbone by");
  check_range("size", spec.size, 1, kLargestSize);
  for (const float mean : spec.mean) check_range("mean", mean, -kFarPixel, kFarPixel);
  for (const float std_dev : spec.std_dev) {
    check_range("std_dev", std_dev, kLeastStdDev, kFarPixel);
  }
}

Backbone import_backbone(const std::string& path, const ImportOptions& options) {
  options.check();
  const std::shared_ptr<ov::Model> foreign = read_foreign(path);
  try {
    const std::shared_ptr<ov::Model> network = cut_network(foreign, options);
    ov::pass::Manager folding;
    folding.register_pass<ov::pass::ConstantFolding>();
    folding.run_passes(network);
    make_canonical(*network);
    Backbone backbone = to_backbone(*network, options);
    check_answers(backbone);
    return backbone;
  } catch (const Error& error) {
    throw Error(error.kind(), "importing " + path + ": " + error.what());
  } catch (const std::exception&) {
    rethrow_openvino(ErrorKind::kInvalidInput, "importing " + path, "export it in another format");
  }
}

}  // namespace pomona
