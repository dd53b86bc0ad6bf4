// SPDX-License-Identifier: Apache-2.0
#include "pomona/bundle/bundle_files.h"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/bundle/safetensors.h"
#include "pomona/bundle/shallow_json.h"

namespace pomona {
namespace {

constexpr std::string_view kRecipe = "clouds-1";  // synthetic_input.h; another recipe, another name

Json reject_option_json(const RejectOption& reject_option) {
  if (reject_option.rate == 0) return nullptr;
  return {{"rate", reject_option.rate},
          {"least_in_distribution_score", reject_option.least_in_distribution_score},
          {"most_distance", reject_option.most_distance}};
}

void parse_reject_option(const Json& json, RejectOption& reject_option) {
  if (json.is_null()) return;
  reject_option.rate = json.at("rate").get<double>();
  reject_option.least_in_distribution_score = json.at("least_in_distribution_score").get<double>();
  reject_option.most_distance = json.at("most_distance").get<double>();
}

Json varieties_json(const std::vector<VarietyClassifier>& varieties) {
  Json json = Json::array();
  for (const VarietyClassifier& one : varieties) {
    json.push_back({{"label", one.label},
                    {"names", one.names},
                    {"others", one.knows_others()},
                    {"least_probability", one.least_probability}});
  }
  return json;
}

// The sizes of biases are those of the classifiers, whose numbers are tensors.
void parse_varieties(const Json& json, std::vector<VarietyClassifier>& varieties) {
  for (const Json& entry : json) {
    VarietyClassifier& one = varieties.emplace_back();
    one.label = entry.at("label").get<std::string>();
    one.names = entry.at("names").get<std::vector<std::string>>();
    one.classifier.bias.resize(one.names.size() + (entry.at("others").get<bool>() ? 1 : 0));
    one.least_probability = entry.at("least_probability").get<double>();
  }
}

Json settings_json(const Bundle& bundle) {
  Json json{{"format", kBundleFormat},
            {"backbone", parse_shallow_json(bundle.backbone_spec, "the backbone's spec")},
            {"backbone_digest", bundle.backbone_digest},
            {"input",
             {{"size", bundle.size},
              {"fit", bundle.fit},
              {"crops", bundle.crops},
              {"filter", bundle.filter},
              {"precision", bundle.precision},
              {"batch", bundle.batch}}},
            {"classifier",
             {{"kind", classifier_kind_name(bundle.classifier_kind)},
              {"temperature", bundle.classifier.temperature}}},
            {"labels", bundle.labels},
            {"reject_option", reject_option_json(bundle.reject_option)},
            {"training_digest", bundle.training_digest},
            {"metrics", parse_shallow_json(bundle.metrics, "the metrics")}};
  if (!bundle.varieties.empty()) json["varieties"] = varieties_json(bundle.varieties);
  if (!bundle.studio_only.empty()) json["studio_only"] = bundle.studio_only;
  return json;
}

void parse_settings(const Json& json, Bundle& bundle) {
  const Json& input = json.at("input");
  const Json& classifier = json.at("classifier");
  bundle.backbone_spec = print_json(json.at("backbone"));
  bundle.backbone_digest = json.at("backbone_digest").get<std::string>();
  bundle.size = input.at("size").get<int>();
  bundle.fit = input.at("fit").get<std::string>();
  bundle.crops = input.at("crops").get<std::vector<std::string>>();
  bundle.filter = input.at("filter").get<std::string>();
  bundle.precision = input.at("precision").get<std::string>();
  bundle.batch = input.at("batch").get<int>();
  bundle.classifier_kind = classifier_kind_from_name(classifier.at("kind").get<std::string>());
  bundle.classifier.temperature = classifier.at("temperature").get<double>();
  bundle.labels = json.at("labels").get<std::vector<std::string>>();
  parse_reject_option(json.value("reject_option", Json()), bundle.reject_option);
  parse_varieties(json.value("varieties", Json::array()), bundle.varieties);
  bundle.studio_only = json.value("studio_only", bundle.studio_only);
  bundle.training_digest = json.at("training_digest").get<std::string>();
  bundle.metrics = print_json(json.at("metrics"));
}

Json self_check_json(const SelfCheck& self_check) {
  Json cases = Json::array();
  for (const SelfCheckCase& one : self_check.cases) {
    cases.push_back(
        {{"seed", one.seed}, {"features", one.features}, {"probabilities", one.probabilities}});
  }
  Json tolerances = Json::object();
  for (const auto& [precision, tolerance] : self_check.tolerances) {
    tolerances[precision] = {{"features", tolerance.features},
                             {"probabilities", tolerance.probabilities}};
  }
  return Json{{"format", kBundleFormat},
              {"recipe", kRecipe},
              {"cases", std::move(cases)},
              {"tolerances", std::move(tolerances)}};
}

void parse_self_check(const Json& json, SelfCheck& self_check) {
  if (json.at("recipe") != kRecipe) {
    throw Error(ErrorKind::kInvalidInput, "a recipe for synthetic inputs that is not known");
  }
  for (const Json& one : json.at("cases")) {
    self_check.cases.push_back({one.at("seed").get<std::uint64_t>(),
                                one.at("features").get<std::vector<float>>(),
                                one.at("probabilities").get<std::vector<double>>()});
  }
  for (const auto& [precision, tolerance] : json.at("tolerances").items()) {
    self_check.tolerances[precision] = {tolerance.at("features").get<double>(),
                                        tolerance.at("probabilities").get<double>()};
  }
}

Tensor tensor_of(const std::vector<double>& elements) {
  return {.shape = {elements.size()}, .elements = elements};
}

Tensor tensor_of(const Matrix<double>& matrix) {
  return {.shape = {matrix.rows(), matrix.cols()},
          .elements = std::vector<double>(matrix.data(), matrix.data() + matrix.size())};
}

// One classifier below the other.
void add_varieties(const std::vector<VarietyClassifier>& varieties, Tensors& tensors) {
  if (varieties.empty()) return;
  std::vector<double> weights;
  std::vector<double> bias;
  for (const VarietyClassifier& one : varieties) {
    const Matrix<double>& own = one.classifier.weights;
    weights.insert(weights.end(), own.data(), own.data() + own.size());
    bias.insert(bias.end(), one.classifier.bias.begin(), one.classifier.bias.end());
  }
  tensors["varieties.weights"] = {.shape = {bias.size(), varieties.front().classifier.dims()},
                                  .elements = weights};
  tensors["varieties.bias"] = tensor_of(bias);
}

Tensors model_tensors(const Bundle& bundle) {
  Tensors tensors;
  tensors["scaler.mean"] = tensor_of(bundle.scaler.mean);
  tensors["scaler.scale"] = tensor_of(bundle.scaler.scale);
  tensors["pca.components"] = tensor_of(bundle.pca.components);
  tensors["pca.explained_variance"] = tensor_of(bundle.pca.explained_variance);
  tensors["pca.explained_variance_ratio"] = tensor_of(bundle.pca.explained_variance_ratio);
  tensors["pca.spectrum_ratio"] = tensor_of(bundle.pca.spectrum_ratio);
  if (bundle.reject_option.rate > 0) {
    const Matrix<float>& references = bundle.reject_option.novelty.references;
    tensors["reject_option.usual_classes"] = tensor_of(bundle.reject_option.usual_classes);
    tensors["reject_option.discriminants"] =
        tensor_of(bundle.reject_option.novelty.discriminants.weights);
    tensors["reject_option.offset"] = tensor_of(bundle.reject_option.novelty.discriminants.offset);
    tensors["reject_option.references"] = {
        .shape = {references.rows(), references.cols()},
        .elements = std::vector<float>(references.data(), references.data() + references.size())};
  }
  if (bundle.classifier_kind != ClassifierKind::kNone) {
    tensors["classifier.weights"] = tensor_of(bundle.classifier.weights);
    tensors["classifier.bias"] = tensor_of(bundle.classifier.bias);
  }
  add_varieties(bundle.varieties, tensors);
  return tensors;
}

// Takes a tensor of Elements of `sides` dimensions out of the file's.
template <class Element>
Tensor take(Tensors& tensors, const std::string& name, std::size_t sides) {
  auto found = tensors.extract(name);
  if (found.empty()) throw Error(ErrorKind::kInvalidInput, "no tensor " + name);
  Tensor tensor = std::move(found.mapped());
  if (tensor.shape.size() != sides ||
      !std::holds_alternative<std::vector<Element>>(tensor.elements)) {
    throw Error(ErrorKind::kInvalidInput, "tensor " + name + ": expected " +
                                              (std::is_same_v<Element, double> ? "F64" : "F32") +
                                              " with " + std::to_string(sides) +
                                              " sides, found another");
  }
  return tensor;
}

std::vector<double> take_vector(Tensors& tensors, const std::string& name) {
  return std::get<std::vector<double>>(take<double>(tensors, name, 1).elements);
}

template <class Element = double>
Matrix<Element> take_matrix(Tensors& tensors, const std::string& name) {
  const Tensor tensor = take<Element>(tensors, name, 2);
  Matrix<Element> matrix(tensor.shape[0], tensor.shape[1]);
  const auto& elements = std::get<std::vector<Element>>(tensor.elements);
  std::copy(elements.begin(), elements.end(), matrix.data());
  return matrix;
}

void take_varieties(Tensors& tensors, std::vector<VarietyClassifier>& varieties) {
  if (varieties.empty()) return;
  const Matrix<double> weights = take_matrix(tensors, "varieties.weights");
  const std::vector<double> bias = take_vector(tensors, "varieties.bias");
  std::size_t classes = 0;
  for (const VarietyClassifier& one : varieties) classes += one.classifier.bias.size();
  if (weights.rows() != classes || bias.size() != classes) {
    throw Error(ErrorKind::kInvalidInput, "expected varieties of " + std::to_string(classes) +
                                              " classes, found " + std::to_string(weights.rows()) +
                                              " weights and " + std::to_string(bias.size()) +
                                              " biases");
  }
  std::size_t at = 0;
  for (VarietyClassifier& one : varieties) {
    const std::size_t count = one.classifier.bias.size();
    one.classifier.weights = Matrix<double>(count, weights.cols());
    std::copy_n(weights.data() + at * weights.cols(), one.classifier.weights.size(),
                one.classifier.weights.data());
    std::copy_n(bias.begin() + static_cast<std::ptrdiff_t>(at), count, one.classifier.bias.begin());
    at += count;
  }
}

void parse_model(Tensors tensors, Bundle& bundle) {
  bundle.scaler.mean = take_vector(tensors, "scaler.mean");
  bundle.scaler.scale = take_vector(tensors, "scaler.scale");
  bundle.pca.components = take_matrix(tensors, "pca.components");
  bundle.pca.explained_variance = take_vector(tensors, "pca.explained_variance");
  bundle.pca.explained_variance_ratio = take_vector(tensors, "pca.explained_variance_ratio");
  bundle.pca.spectrum_ratio = take_vector(tensors, "pca.spectrum_ratio");
  if (bundle.classifier_kind != ClassifierKind::kNone) {
    bundle.classifier.weights = take_matrix(tensors, "classifier.weights");
    bundle.classifier.bias = take_vector(tensors, "classifier.bias");
  }
  if (bundle.reject_option.rate > 0) {
    bundle.reject_option.usual_classes = take_vector(tensors, "reject_option.usual_classes");
    bundle.reject_option.novelty.discriminants.weights =
        take_matrix(tensors, "reject_option.discriminants");
    bundle.reject_option.novelty.discriminants.offset =
        take_vector(tensors, "reject_option.offset");
    bundle.reject_option.novelty.references =
        take_matrix<float>(tensors, "reject_option.references");
  }
  take_varieties(tensors, bundle.varieties);
  if (!tensors.empty()) {
    throw Error(ErrorKind::kInvalidInput, "a tensor that is not known: " + tensors.begin()->first);
  }
}

// Runs what reads one file; whatever goes wrong becomes corrupt with the file's name.
template <class Action>
void reading(std::string_view file, const Action& action) {
  try {
    action();
  } catch (const std::exception& error) {
    throw Error(ErrorKind::kCorrupt, std::string(file) + ": " + error.what());
  }
}

Json parse_versioned(const std::string& text, std::string_view file) {
  Json json = parse_shallow_json(text, file);
  const Json& format = json.at("format");
  if (format != kBundleFormat) {
    throw Error(ErrorKind::kInvalidInput, "expected format " + std::to_string(kBundleFormat) +
                                              ", found " + format.dump() +
                                              ": made by another version of Pomona; train again");
  }
  return json;
}

}  // namespace

BundleFiles print_bundle(const Bundle& bundle) {
  BundleFiles files = {{"LICENSE.backbone", bundle.backbone_license},
                       {"bundle.json", print_json(settings_json(bundle))},
                       {"model.safetensors", print_safetensors(model_tensors(bundle))},
                       {"self_check.json", print_json(self_check_json(bundle.self_check))}};
  if (!bundle.network_xml.empty()) {
    files.emplace(kBundleWeights, bundle.network_bin);
    files.emplace(kBundleNetwork, bundle.network_xml);
  }
  if (!bundle.catalogue.empty()) files.emplace(kBundleCatalogue, bundle.catalogue);
  return files;
}

Bundle parse_bundle(BundleFiles files) {
  Bundle bundle;
  bundle.backbone_license = std::move(files.at("LICENSE.backbone"));
  if (files.contains(kBundleNetwork)) {
    bundle.network_bin = std::move(files.find(kBundleWeights)->second);
    bundle.network_xml = std::move(files.find(kBundleNetwork)->second);
  }
  reading("bundle.json",
          [&] { parse_settings(parse_versioned(files.at("bundle.json"), "bundle.json"), bundle); });
  reading("model.safetensors", [&] {
    parse_model(parse_safetensors(files.at("model.safetensors"), "model.safetensors"), bundle);
  });
  reading("self_check.json", [&] {
    parse_self_check(parse_versioned(files.at("self_check.json"), "self_check.json"),
                     bundle.self_check);
  });
  if (const auto catalogue = files.find(kBundleCatalogue); catalogue != files.end()) {
    reading(kBundleCatalogue,
            [&] { (void)parse_shallow_json(catalogue->second, kBundleCatalogue); });
    bundle.catalogue = std::move(catalogue->second);
  }
  return bundle;
}

std::string print_sums(const BundleFiles& files) {
  std::string text;
  for (const auto& [name, content] : files) text += sha256(content) + "  " + name + "\n";
  return text;
}

}  // namespace pomona
