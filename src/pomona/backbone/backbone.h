// SPDX-License-Identifier: Apache-2.0
// A backbone: a pretrained network whose last layer before the classifier is what we call features,
// with all that is needed to feed it the way it was trained.
//
// On disk a backbone is a folder `NAME/` of `backbone.json`, the network as OpenVINO IR
// (`backbone.xml`, `backbone.bin`) with an output named "features" and, when kept, one named
// "logits", and the licence of its weights. A bundle holds the same files by value. Any thread, but
// no two write the same backbone at once.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace pomona {

enum class TensorLayout { kNchw, kNhwc };
enum class ChannelOrder { kRgb, kBgr };
enum class Precision { kF32, kBf16 };

std::string_view precision_name(Precision precision);         // "f32", "bf16"
Precision precision_from_name(std::string_view name);         // throws invalid_input
std::string_view tensor_layout_name(TensorLayout layout);     // "NCHW", "NHWC"
TensorLayout tensor_layout_from_name(std::string_view name);  // throws invalid_input
std::string_view channel_order_name(ChannelOrder order);      // "rgb", "bgr"
ChannelOrder channel_order_from_name(std::string_view name);  // throws invalid_input

struct BackboneSpec {
  std::string name;  // "efficientnet-lite0"
  int size = 224;    // side of the square input, in pixels
  TensorLayout layout = TensorLayout::kNchw;
  ChannelOrder channels = ChannelOrder::kRgb;
  std::array<float, 3> mean = {127, 127, 127};     // in the order of channels, on the 0…255 scale
  std::array<float, 3> std_dev = {128, 128, 128};  // input = (pixel - mean) / std_dev
  int batch = 0;  // pictures that the network takes at a time; 0: any number
  int feature_count = 0;
  int logit_count = 0;  // 0: logits were not kept
  std::string source;   // where the weights come from
  std::string license;  // SPDX identifier of the weights' licence
};

// A backbone by value. Files are kept byte for byte.
struct Backbone {
  BackboneSpec spec;
  std::string network_xml;
  std::string network_bin;
  std::string license_text;
  // SHA-256 over network_xml and network_bin: two backbones with the same digest are the same.
  std::string digest;
};

// How pictures are fed to it, which its digest does not cover: "NHWC bgr, mean 104,117,124, std
// 1,1,1". The same text: the same input.
std::string input_text(const BackboneSpec& spec);

// backbone.json to and from its text; `where` names it in errors (corrupt). Older descriptions have
// neither channels nor batch.
std::string print_backbone_spec(const BackboneSpec& spec);
BackboneSpec parse_backbone_spec(std::string_view text, std::string_view where);

std::string backbone_digest(std::string_view network_xml, std::string_view network_bin);

std::vector<BackboneSpec> list_backbones(const std::string& models_folder);

// Throws not_found with the names that are installed and how to install more; corrupt when the
// stored digest does not fit.
Backbone read_backbone(const std::string& models_folder, const std::string& name);
void write_backbone(const std::string& models_folder, const Backbone& backbone);

}  // namespace pomona
