// SPDX-License-Identifier: Apache-2.0
#include "pomona/backbone/logits_head.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <openvino/openvino.hpp>

#include "pomona/backbone/openvino_network.h"
#include "pomona/base/error.h"
#include "pomona/learn/simd.h"

namespace pomona {
namespace {

constexpr int kRowsAtOnce = 16;
constexpr double kRounding = 1e-3;  // of logits in float32, as a share

std::shared_ptr<ov::Model> whole_network(const Backbone& backbone, const std::string& doing) {
  try {
    return read_network(backbone.network_xml, backbone.network_bin);
  } catch (const std::exception&) {
    rethrow_openvino(ErrorKind::kCorrupt, doing, kUnreadableHere);
  }
}

// A network of a fixed batch has layers of that many rows.
int rows_of_layer(const BackboneSpec& spec) { return spec.batch == 0 ? kRowsAtOnce : spec.batch; }

// The part of the network between the features and the logits.
std::shared_ptr<ov::Model> last_layer(const Backbone& backbone,
                                      const std::shared_ptr<ov::Model>& network) {
  const auto features = network->output(kFeaturesOutput).get_node()->input_value(0);
  const auto input = std::make_shared<ov::op::v0::Parameter>(
      ov::element::f32,
      ov::PartialShape{rows_of_layer(backbone.spec), backbone.spec.feature_count});
  for (ov::Input<ov::Node> consumer : features.get_target_inputs()) {
    if (!ov::is_type<ov::op::v0::Result>(consumer.get_node())) {
      consumer.replace_source_output(input);
    }
  }
  const auto logits = network->output(kLogitsOutput).get_node()->input_value(0);
  auto layer = std::make_shared<ov::Model>(ov::OutputVector{logits}, ov::ParameterVector{input});
  layer->validate_nodes_and_infer_types();  // of the shape that now comes in
  const ov::PartialShape expected{rows_of_layer(backbone.spec), backbone.spec.logit_count};
  if (const ov::PartialShape found = layer->output().get_partial_shape(); found != expected) {
    throw Error(ErrorKind::kInvalidInput, "preparing the last layer of backbone " +
                                              backbone.spec.name + ": expected logits of shape " +
                                              expected.to_string() + ", found " +
                                              found.to_string() +
                                              "; its description does not fit its network: import "
                                              "it anew, which writes both");
  }
  return layer;
}

// The layer as a network, to read it off.
struct LayerNetwork {
  explicit LayerNetwork(const Backbone& backbone);
  // rows × features → rows × logits
  Matrix<float> run(MatrixView<const float> features);

  std::size_t rows_at_once = 0;
  std::size_t features = 0;
  std::size_t logits = 0;
  ov::CompiledModel compiled;
  ov::InferRequest request;
};

LayerNetwork::LayerNetwork(const Backbone& backbone) {
  const std::string doing = "preparing the last layer of backbone " + backbone.spec.name;
  if (backbone.spec.logit_count == 0) {
    throw Error(
        ErrorKind::kInvalidInput,
        doing + ": its logits were not kept when it was imported; import it with logits_output");
  }
  rows_at_once = static_cast<std::size_t>(rows_of_layer(backbone.spec));
  features = static_cast<std::size_t>(backbone.spec.feature_count);
  logits = static_cast<std::size_t>(backbone.spec.logit_count);
  const std::shared_ptr<ov::Model> network = whole_network(backbone, doing);
  check_threads(/*streams=*/1, doing);
  try {
    compiled = openvino_core().compile_model(
        last_layer(backbone, network), "CPU", ov::hint::inference_precision(ov::element::f32),
        ov::inference_num_threads(1), ov::hint::enable_cpu_pinning(false), ov::cache_dir(""));
    request = compiled.create_infer_request();
    std::ranges::fill(std::span(request.get_input_tensor().data<float>(), rows_at_once * features),
                      0.0F);
  } catch (const std::exception&) {
    rethrow_openvino(
        ErrorKind::kInvalidInput, doing,
        "its logits must be made of its features alone: import it without logits_output, "
        "or leave out the options reject_rate and backbone_classes");
  }
}

Matrix<float> LayerNetwork::run(MatrixView<const float> rows) {
  Matrix<float> made(rows.rows(), logits);
  try {
    for (std::size_t first = 0; first < rows.rows(); first += rows_at_once) {
      const std::size_t count = std::min(rows_at_once, rows.rows() - first);
      std::copy_n(rows.row(first).data(), count * features,
                  request.get_input_tensor().data<float>());
      request.infer();
      std::copy_n(request.get_output_tensor().data<const float>(), count * logits,
                  made.view().row(first).data());
    }
  } catch (const std::exception&) {
    rethrow_openvino(ErrorKind::kInternal, "running the last layer of the backbone",
                     kReportNetwork);
  }
  return made;
}

constexpr std::size_t kLanes = 16;

// In lanes, which a compiler turns into vector code.
POMONA_VECTOR_CLONES
float product_of(const float* a, const float* b, std::size_t count) {
  std::array<float, kLanes> sums{};
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  }
  for (; i < count; ++i) sums[0] += a[i] * b[i];
  float sum = 0;
  for (const float one : sums) sum += one;
  return sum;
}

}  // namespace

LogitsHead::LogitsHead(const Backbone& backbone) {
  LayerNetwork layer(backbone);
  const std::size_t dims = layer.features;
  Matrix<float> features(dims + 2, dims);  // each alone, none, all
  for (std::size_t j = 0; j < dims; ++j) features(j, j) = features(dims + 1, j) = 1;
  const Matrix<float> made = layer.run(features.view());
  weights_ = Matrix<float>(layer.logits, dims);
  bias_.assign(made.row(dims).begin(), made.row(dims).end());
  for (std::size_t k = 0; k < weights_.rows(); ++k) {
    double sum = 0;
    double sizes = 0;
    for (std::size_t j = 0; j < dims; ++j) {
      weights_(k, j) = made(j, k) - made(dims, k);
      sum += static_cast<double>(weights_(k, j));
      sizes += std::abs(static_cast<double>(weights_(k, j)));
    }
    const double all = static_cast<double>(made(dims + 1, k) - made(dims, k));
    if (std::abs(all - sum) > kRounding * (1 + sizes)) {
      throw Error(ErrorKind::kInvalidInput,
                  "reading the last layer of backbone " + backbone.spec.name +
                      ": its logits are no sums of weighted features; import it with the output "
                      "before softmax");
    }
  }
}

void LogitsHead::logits(MatrixView<const float> features, MatrixView<float> logits) const {
  for (std::size_t i = 0; i < features.rows(); ++i) {
    const float* row = features.row(i).data();
    for (std::size_t k = 0; k < weights_.rows(); ++k) {
      logits(i, k) = bias_[k] + product_of(weights_.row(k).data(), row, weights_.cols());
    }
  }
}

}  // namespace pomona
