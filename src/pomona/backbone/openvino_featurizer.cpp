// SPDX-License-Identifier: Apache-2.0
#include "pomona/backbone/openvino_featurizer.h"

#include <algorithm>
#include <cassert>
#include <openvino/openvino.hpp>
#include <utility>

#include "pomona/backbone/engine_rate.h"
#include "pomona/backbone/network_input.h"
#include "pomona/backbone/openvino_network.h"
#include "pomona/base/stop.h"

namespace pomona {
namespace {

constexpr const char* kDevice = "CPU";

ov::element::Type element_type(Precision precision) {
  return precision == Precision::kBf16 ? ov::element::bf16 : ov::element::f32;
}

FeaturizerOptions resolve(const BackboneSpec& spec, FeaturizerOptions options) {
  options.check();
  if (options.size == 0) options.size = spec.size;
  if (options.batch == 0) options.batch = default_batch(spec, options.size, options.precision);
  const std::string doing = "preparing backbone " + spec.name + ": ";
  options.check();  // also of what the spec says
  const std::vector<Precision> native = native_precisions();
  if (std::find(native.begin(), native.end(), options.precision) == native.end()) {
    throw Error(ErrorKind::kInvalidInput, doing + "this processor does not compute " +
                                              std::string(precision_name(options.precision)) +
                                              "; use precision f32");
  }
  return options;
}

// How many pictures the network computes at a time.
int network_batch(const BackboneSpec& spec, const FeaturizerOptions& options) {
  return spec.batch == 0 ? options.batch : spec.batch;
}

std::shared_ptr<ov::op::v0::Result> result_named(const ov::Model& network,
                                                 const std::string& name) {
  for (const ov::Output<const ov::Node>& output : network.outputs()) {
    if (output.get_names().count(name) == 0) continue;
    const ov::Node* node = output.get_node();
    return std::const_pointer_cast<ov::op::v0::Result>(
        ov::as_type_ptr<const ov::op::v0::Result>(node->shared_from_this()));
  }
  throw Error(ErrorKind::kInvalidInput, "the network has no output named " + name);
}

// Only what is asked for, at one fixed shape: what leads to no kept output is not even compiled.
std::shared_ptr<ov::Model> fixed_network(const Backbone& backbone,
                                         const FeaturizerOptions& options) {
  const std::string doing = "preparing backbone " + backbone.spec.name;
  std::shared_ptr<ov::Model> network;
  try {
    network = read_network(backbone.network_xml, backbone.network_bin);
  } catch (const std::exception&) {
    rethrow_openvino(ErrorKind::kCorrupt, doing, kUnreadableHere);
  }
  try {
    auto fixed = std::make_shared<ov::Model>(
        ov::ResultVector{result_named(*network, kFeaturesOutput)}, network->get_parameters());
    const BackboneSpec& spec = backbone.spec;
    const int batch = network_batch(spec, options);
    if (options.size != spec.size && !takes_pictures(*fixed, spec.layout, batch, options.size) &&
        takes_pictures(*fixed, spec.layout, batch, spec.size)) {
      throw Error(ErrorKind::kInvalidInput, "size: backbone " + spec.name + " takes pictures of " +
                                                std::to_string(spec.size) +
                                                " pixels a side, and none of " +
                                                std::to_string(options.size));
    }
    fixed->reshape(picture_shape(spec.layout, batch, options.size));
    return fixed;
  } catch (const std::exception&) {
    rethrow_openvino(ErrorKind::kInvalidInput,
                     doing + " for " + std::to_string(options.batch) + " pictures of " +
                         std::to_string(options.size) + " pixels",
                     "its own size is " + std::to_string(backbone.spec.size) + " and its layout " +
                         std::string(tensor_layout_name(backbone.spec.layout)));
  }
}

// One stream for each slot, so that a slot's rate and bits do not depend on the others; precision
// always said, since OpenVINO would choose bf16 by itself; not pinned, since
// processes side by side (Spark's workers) would all pin themselves to the same core; nothing
// cached on disk.
ov::AnyMap compile_settings(const FeaturizerOptions& options) {
  return {ov::hint::inference_precision(element_type(options.precision)),
          ov::num_streams(static_cast<int>(options.slots)),
          ov::inference_num_threads(static_cast<int>(options.slots * options.threads)),
          ov::hint::enable_cpu_pinning(false),
          ov::hint::enable_hyper_threading(true),
          ov::cache_dir("")};
}

class OpenVinoFeaturizer : public Featurizer {
 public:
  OpenVinoFeaturizer(const Backbone& backbone, const FeaturizerOptions& options)
      : name_(backbone.spec.name),
        size_(options.size),
        batch_(static_cast<std::size_t>(options.batch)),
        network_batch_(static_cast<std::size_t>(network_batch(backbone.spec, options))),
        feature_count_(static_cast<std::size_t>(backbone.spec.feature_count)) {
    const std::shared_ptr<ov::Model> network = fixed_network(backbone, options);
    check_output(*network);
    check_threads(options.slots * options.threads, "compiling backbone " + name_);
    try {
      compiled_ = openvino_core().compile_model(network, kDevice, compile_settings(options));
      for (std::size_t slot = 0; slot < options.slots; ++slot) slots_.push_back(make_slot());
    } catch (const std::exception&) {
      rethrow_openvino(ErrorKind::kInternal,
                       "compiling backbone " + name_ + " for " + std::to_string(batch_) +
                           " pictures of " + std::to_string(size_) + " pixels",
                       "take a smaller size or batch, or import it from another format");
    }
  }

  int size() const override { return size_; }
  std::size_t batch() const override { return batch_; }
  std::size_t slots() const override { return slots_.size(); }
  std::size_t feature_count() const override { return feature_count_; }

  std::span<float> input(std::size_t slot, std::size_t row) override {
    assert(slot < slots() && row < batch_);
    const std::size_t row_size =
        3 * static_cast<std::size_t>(size_) * static_cast<std::size_t>(size_);
    return {slots_[slot].inputs[row / network_batch_] + row % network_batch_ * row_size, row_size};
  }

  void submit(std::size_t slot) override {
    slots_[slot].waits = slots() == 1;
    if (slots_[slot].waits) return;
    translated([&] {
      for (ov::InferRequest& request : slots_[slot].requests) request.start_async();
    });
  }

  MatrixView<const float> collect(std::size_t slot) override {
    const float* data = nullptr;
    const bool compute = std::exchange(slots_[slot].waits, false);
    translated([&] {
      for (ov::InferRequest& request : slots_[slot].requests) {
        compute ? request.infer() : request.wait();
      }
      data = network_batch_ == batch_ ? answer(slots_[slot], 0) : gathered(slots_[slot]);
    });
    return {data, batch_, feature_count_};
  }

 private:
  // A network of a fixed batch computes the rows of a slot in several requests, of which the last
  // may have rows to spare.
  struct Slot {
    std::vector<ov::InferRequest> requests;
    std::vector<float*> inputs;
    std::vector<float> features;  // of all requests; only where there are several
    // Submitted, and left to collect(): whoever has the only slot would do nothing but wait for
    // another thread. That takes a tenth of the time of a picture of 128 pixels.
    bool waits = false;
  };

  Slot make_slot() {
    Slot slot;
    for (std::size_t row = 0; row < batch_; row += network_batch_) {
      slot.requests.push_back(compiled_.create_infer_request());
      ov::Tensor input = slot.requests.back().get_input_tensor();
      slot.inputs.push_back(input.data<float>());
      if (network_batch_ != batch_) std::fill_n(slot.inputs.back(), input.get_size(), 0.0F);
    }
    if (network_batch_ != batch_) {
      slot.features.resize(slot.requests.size() * network_batch_ * feature_count_);
    }
    return slot;
  }

  static const float* answer(Slot& slot, std::size_t request) {
    return slot.requests[request].get_output_tensor().data<const float>();
  }

  const float* gathered(Slot& slot) const {
    const std::size_t count = network_batch_ * feature_count_;
    for (std::size_t i = 0; i < slot.requests.size(); ++i) {
      std::copy_n(answer(slot, i), count, slot.features.data() + i * count);
    }
    return slot.features.data();
  }

  void check_output(const ov::Model& network) const {
    const ov::PartialShape& found = network.output().get_partial_shape();
    if (found != ov::PartialShape{static_cast<std::int64_t>(network_batch_),
                                  static_cast<std::int64_t>(feature_count_)}) {
      throw Error(ErrorKind::kInvalidInput,
                  "preparing backbone " + name_ + " for " + std::to_string(network_batch_) +
                      " pictures of " + std::to_string(size_) + " pixels: its output would be " +
                      found.to_string() + ", expected " + std::to_string(feature_count_) +
                      " numbers a picture");
    }
  }

  template <class Call>
  void translated(const Call& call) const {
    try {
      call();
    } catch (const std::exception&) {
      rethrow_openvino(ErrorKind::kInternal, "running backbone " + name_, kReportNetwork);
    }
  }

  std::string name_;
  int size_;
  std::size_t batch_;
  std::size_t network_batch_;
  std::size_t feature_count_;
  ov::CompiledModel compiled_;
  std::vector<Slot> slots_;
};

}  // namespace

std::unique_ptr<Featurizer> make_openvino_featurizer(const Backbone& backbone,
                                                     const FeaturizerOptions& options) {
  return std::make_unique<OpenVinoFeaturizer>(backbone, resolve(backbone.spec, options));
}

std::vector<Precision> native_precisions() {
  std::vector<Precision> precisions = {Precision::kF32};
  try {
    const auto found = openvino_core().get_property(kDevice, ov::device::capabilities);
    if (std::find(found.begin(), found.end(), ov::device::capability::BF16) != found.end()) {
      precisions.push_back(Precision::kBf16);
    }
  } catch (const std::exception&) {
    rethrow_openvino(ErrorKind::kUnavailable, "asking OpenVINO what the processor computes",
                     "reinstall OpenVINO's CPU plug-in");
  }
  return precisions;
}

Precision choose_precision(const Backbone& backbone, int size, const std::stop_token& stop) {
  constexpr double kLeastGain = 1.1;
  constexpr int kRounds = 3;
  constexpr double kSecondsARound = 0.06;
  if (native_precisions().size() == 1) return Precision::kF32;
  FeaturizerOptions options;
  options.size = size;
  const std::unique_ptr<Featurizer> f32 = make_openvino_featurizer(backbone, options);
  options.precision = Precision::kBf16;
  throw_if_stopped(stop);
  const std::unique_ptr<Featurizer> bf16 = make_openvino_featurizer(backbone, options);
  // In turn, and the best of each: what disturbs a machine for a moment shall not decide.
  double f32_rate = 0;
  double bf16_rate = 0;
  for (int round = 0; round < kRounds; ++round) {
    throw_if_stopped(stop);
    f32_rate = std::max(f32_rate, measure_engine_rate(*f32, kSecondsARound));
    bf16_rate = std::max(bf16_rate, measure_engine_rate(*bf16, kSecondsARound));
  }
  return bf16_rate >= kLeastGain * f32_rate ? Precision::kBf16 : Precision::kF32;
}

std::string openvino_version() { return ov::get_openvino_version().buildNumber; }

}  // namespace pomona
