// SPDX-License-Identifier: Apache-2.0
#include "pomona/bundle/read_bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>

#include "pomona/base/error.h"
#include "pomona/base/json.h"
#include "pomona/bundle/bundle_files.h"
#include "pomona/bundle/made_up_bundle.h"
#include "pomona/bundle/safetensors.h"
#include "pomona/bundle/write_bundle.h"
#include "pomona/storage/memory_store.h"

namespace pomona {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::map<std::string, std::string> contents(const ObjectStore& store) {
  std::map<std::string, std::string> found;
  store.list("", [&](const ObjectInfo& info) { found[info.key] = store.read(info.key); });
  return found;
}

MemoryStore& write(const Bundle& bundle, MemoryStore& store) {
  write_bundle(bundle, store, "bundle");
  return store;
}

void expect_error(const ObjectStore& store, ErrorKind kind, const std::string& part) {
  try {
    read_bundle(store, "bundle");
    ADD_FAILURE() << "no error with \"" << part << "\"";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_THAT(error.what(), AllOf(HasSubstr("memory/bundle"), HasSubstr(part)));
  }
}

TEST(ReadBundle, GivesBackWhatWasWritten) {
  const Bundle written = made_up_bundle();
  MemoryStore store;
  const Bundle read = read_bundle(write(written, store), "bundle");
  EXPECT_EQ(read.backbone_spec, written.backbone_spec);
  EXPECT_EQ(read.network_xml, written.network_xml);
  EXPECT_EQ(read.network_bin, written.network_bin);
  EXPECT_EQ(read.backbone_digest, written.backbone_digest);
  EXPECT_EQ(read.backbone_license, written.backbone_license);
  EXPECT_EQ(read.size, 32);
  EXPECT_EQ(read.fit, "squash");
  EXPECT_EQ(read.filter, "bicubic");
  EXPECT_EQ(read.precision, "f32");
  EXPECT_EQ(read.batch, 8);
  EXPECT_EQ(read.scaler.mean, written.scaler.mean);
  EXPECT_EQ(read.scaler.scale, written.scaler.scale);
  EXPECT_EQ(read.pca.components, written.pca.components);
  EXPECT_EQ(read.pca.explained_variance, written.pca.explained_variance);
  EXPECT_EQ(read.pca.explained_variance_ratio, written.pca.explained_variance_ratio);
  EXPECT_EQ(read.pca.spectrum_ratio, written.pca.spectrum_ratio);
  EXPECT_EQ(read.projection.weights, written.projection.weights);
  EXPECT_EQ(read.projection.offset, written.projection.offset);
  EXPECT_EQ(read.classifier_kind, ClassifierKind::kLogistic);
  EXPECT_EQ(read.classifier.weights, written.classifier.weights);
  EXPECT_EQ(read.classifier.bias, written.classifier.bias);
  EXPECT_EQ(read.classifier.temperature, written.classifier.temperature);
  EXPECT_EQ(read.labels, written.labels);
  EXPECT_EQ(read.reject_option.rate, 0.05);
  EXPECT_EQ(read.reject_option.usual_classes, written.reject_option.usual_classes);
  EXPECT_EQ(read.reject_option.least_in_distribution_score, -2.5);
  EXPECT_EQ(read.reject_option.novelty.discriminants.weights,
            written.reject_option.novelty.discriminants.weights);
  EXPECT_EQ(read.reject_option.novelty.discriminants.offset,
            written.reject_option.novelty.discriminants.offset);
  EXPECT_EQ(read.reject_option.novelty.references, written.reject_option.novelty.references);
  EXPECT_EQ(read.reject_option.most_distance, 0.4);
  ASSERT_EQ(read.varieties.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(read.varieties[i].label, written.varieties[i].label);
    EXPECT_EQ(read.varieties[i].names, written.varieties[i].names);
    EXPECT_EQ(read.varieties[i].classifier.weights, written.varieties[i].classifier.weights);
    EXPECT_EQ(read.varieties[i].classifier.bias, written.varieties[i].classifier.bias);
    EXPECT_EQ(read.varieties[i].least_probability, written.varieties[i].least_probability);
  }
  EXPECT_EQ(read.studio_only, written.studio_only);
  EXPECT_EQ(read.metrics, written.metrics);
  EXPECT_EQ(read.training_digest, written.training_digest);
  ASSERT_EQ(read.self_check.cases.size(), 2U);
  EXPECT_EQ(read.self_check.cases[0].seed, 1U);
  EXPECT_EQ(read.self_check.cases[0].features, written.self_check.cases[0].features);
  EXPECT_EQ(read.self_check.cases[1].probabilities, written.self_check.cases[1].probabilities);
  EXPECT_EQ(read.self_check.tolerances.at("bf16").probabilities, 0.1);
}

TEST(ReadBundle, IsWrittenWithTheSameBytesAgain) {
  MemoryStore first;
  write_bundle(made_up_bundle(), first, "");
  MemoryStore second;
  write_bundle(read_bundle(first, ""), second, "");
  EXPECT_EQ(contents(first), contents(second));
  EXPECT_EQ(contents(first).size(), 7U);
}

TEST(ReadBundle, MayAnswerEverything) {
  Bundle bundle = made_up_bundle();
  bundle.reject_option = {};
  MemoryStore store;
  const Bundle read = read_bundle(write(bundle, store), "bundle");
  EXPECT_EQ(read.reject_option.rate, 0);
  EXPECT_TRUE(read.reject_option.usual_classes.empty());
}

TEST(ReadBundle, MayTellNoVarietiesAndKnowNoStudio) {
  Bundle bundle = made_up_bundle();
  bundle.varieties.clear();
  bundle.studio_only.clear();
  MemoryStore store;
  const Bundle read = read_bundle(write(bundle, store), "bundle");
  EXPECT_TRUE(read.varieties.empty());
  EXPECT_TRUE(read.studio_only.empty());
  const std::string settings = store.read("bundle/bundle.json");
  EXPECT_EQ(settings.find("varieties"), std::string::npos);
  EXPECT_EQ(settings.find("studio"), std::string::npos);
}

TEST(ReadBundle, SaysWhenThereIsNone) {
  MemoryStore store;
  expect_error(store, ErrorKind::kNotFound, "bundle.json");
  store.write("bundle/photo.jpg", "");
  expect_error(store, ErrorKind::kNotFound, "bundle.json");
}

TEST(ReadBundle, NoticesEveryChangedByte) {
  MemoryStore store;
  for (const auto& [key, content] : contents(write(made_up_bundle(), store))) {
    const std::string file = key.substr(key.find('/') + 1);
    for (std::size_t at = 0; at < content.size(); ++at) {
      for (const int change : {0x01, 0x20, 0x80}) {
        std::string changed = content;
        changed[at] = static_cast<char>(changed[at] ^ change);
        store.write(key, changed);
        expect_error(store, ErrorKind::kCorrupt, file);
      }
    }
    store.write(key, content);
  }
  EXPECT_NO_THROW(read_bundle(store, "bundle"));
}

TEST(ReadBundle, NoticesMissingTruncatedAndExtraFiles) {
  MemoryStore store;
  for (const auto& [key, content] : contents(write(made_up_bundle(), store))) {
    const std::string file = key.substr(key.find('/') + 1);
    store.remove(key);
    expect_error(store, ErrorKind::kCorrupt, "lacks the file " + file);
    store.write(key, content.substr(0, content.size() - 1));
    expect_error(store, ErrorKind::kCorrupt, file);
    store.write(key, "");
    expect_error(store, ErrorKind::kCorrupt, file);
    store.write(key, content + "\n");
    expect_error(store, ErrorKind::kCorrupt, file);
    store.write(key, content);
  }
  for (const std::string extra : {"notes.txt", ".hidden", "below/bundle.json", "BUNDLE.JSON"}) {
    store.write("bundle/" + extra, "");
    expect_error(store, ErrorKind::kCorrupt, "does not belong there, " + extra);
    store.remove("bundle/" + extra);
  }
  EXPECT_NO_THROW(read_bundle(store, "bundle"));
}

TEST(ReadBundle, MayDoWithoutItsNetwork) {
  Bundle bundle = made_up_bundle();
  MemoryStore store;
  write(bundle, store);
  for (const std::string file : {"backbone.bin", "backbone.xml"}) {
    store.remove("bundle/" + file);
  }
  expect_error(store, ErrorKind::kCorrupt, "SHA256SUMS");
  bundle.network_xml.clear();
  bundle.network_bin.clear();
  MemoryStore light;
  const Bundle read = read_bundle(write(bundle, light), "bundle");
  EXPECT_EQ(read.network_xml, "");
  EXPECT_EQ(read.backbone_digest, bundle.backbone_digest);
  EXPECT_EQ(contents(light).size(), 5U);
}

TEST(ReadBundle, TakesSumsInOneFormOnly) {
  MemoryStore store;
  const std::string sums = write(made_up_bundle(), store).read("bundle/SHA256SUMS");
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string changed = sums;
    changed.replace(changed.find(from), from.size(), to);
    return changed;
  };
  const std::string line = sums.substr(0, sums.find('\n') + 1);
  for (const std::string& changed :
       {replaced("  backbone.bin", "  ../backbone.bin"),
        replaced("  backbone.bin", "  ./backbone.bin"), replaced("  backbone.bin", "  /etc/passwd"),
        replaced("  backbone.bin", " *backbone.bin"), sums + line, line + sums, sums + "\n",
        sums.substr(line.size()) + line, sums + std::string(64, '0') + "  ../../secret\n",
        "\xEF\xBB\xBF" + sums}) {
    store.write("bundle/SHA256SUMS", changed);
    expect_error(store, ErrorKind::kCorrupt, "SHA256SUMS");
  }
}

TEST(ReadBundle, LimitsSizesBeforeReading) {
  MemoryStore store;
  write(made_up_bundle(), store);
  store.write("bundle/SHA256SUMS", std::string(5000, 'x'));
  expect_error(store, ErrorKind::kCorrupt, "SHA256SUMS has 5000 bytes, at most 4096");
  write(made_up_bundle(), store);
  store.write("bundle/self_check.json", std::string((16 << 20) + 1, ' '));
  expect_error(store, ErrorKind::kCorrupt, "self_check.json has 16777217 bytes");
}

// A bundle whose digests are right and whose content is not.
void expect_refused(const std::string& part, const std::function<void(BundleFiles&)>& change) {
  BundleFiles files = print_bundle(made_up_bundle());
  change(files);
  MemoryStore store;
  for (const auto& [name, content] : files) store.write("bundle/" + name, content);
  store.write("bundle/SHA256SUMS", print_sums(files));
  expect_error(store, ErrorKind::kCorrupt, part);
}

void edit(BundleFiles& files, const std::string& name, const std::function<void(Json&)>& change) {
  Json json = parse_json(files.at(name), name);
  change(json);
  files.at(name) = print_json(json);
}

TEST(ReadBundle, RefusesContentThatMakesNoSense) {
  const auto settings = [](const std::string& part, const std::function<void(Json&)>& change) {
    expect_refused(part, [&](BundleFiles& files) { edit(files, "bundle.json", change); });
  };
  settings(
      "bundle.json: expected format 2, found 1: made by another version of Pomona; train again",
      [](Json& json) { json["format"] = 1; });
  settings("bundle.json: ", [](Json& json) { json["input"].erase("crops"); });
  settings("bundle.json: ", [](Json& json) { json.erase("format"); });
  settings("bundle.json: ", [](Json& json) { json.erase("labels"); });
  settings("bundle.json: ", [](Json& json) { json["input"] = 7; });
  settings("bundle.json: ", [](Json& json) { json["labels"] = {1, 2, 3}; });
  settings("bundle.json: ", [](Json& json) { json["classifier"]["kind"] = "forest"; });
  settings("no JSON object", [](Json& json) { json["metrics"] = nullptr; });
  settings("pixels", [](Json& json) { json["input"]["size"] = -5; });
  settings("feature_count", [](Json& json) { json["backbone"] = Json::object(); });
  settings("model.safetensors: a tensor that is not known",
           [](Json& json) { json["classifier"]["kind"] = "none"; });
  settings("expected varieties of 5 classes, found 4 weights and 4 biases",
           [](Json& json) { json["varieties"][0]["others"] = true; });
  settings("bundle.json: ", [](Json& json) { json["varieties"][0].erase("least_probability"); });
  settings("bundle.json: ", [](Json& json) { json["varieties"] = 3; });
  settings("not known: varieties.bias", [](Json& json) { json.erase("varieties"); });
  settings("bundle.json: ", [](Json& json) { json["studio_only"] = "Banana"; });
  expect_refused("bundle.json: ", [](BundleFiles& files) { files["bundle.json"] = "{"; });
  expect_refused("nested deeper", [](BundleFiles& files) {
    files["bundle.json"] = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  });
  expect_refused("self_check.json: ", [](BundleFiles& files) {
    edit(files, "self_check.json", [](Json& json) { json["recipe"] = "other"; });
  });
  expect_refused("features of the self-check", [](BundleFiles& files) {
    edit(files, "self_check.json", [](Json& json) { json["cases"][0]["features"][1] = 1e300; });
  });
  expect_refused("self_check.json: ", [](BundleFiles& files) {
    edit(files, "self_check.json", [](Json& json) { json["cases"][0]["features"][1] = "1"; });
  });
}

TEST(ReadBundle, RefusesOtherTensors) {
  const auto tensors = [](const std::string& part, const std::function<void(Tensors&)>& change) {
    expect_refused(part, [&](BundleFiles& files) {
      Tensors all = parse_safetensors(files.at("model.safetensors"), "model");
      change(all);
      files.at("model.safetensors") = print_safetensors(all);
    });
  };
  tensors("no tensor scaler.mean", [](Tensors& t) { t.erase("scaler.mean"); });
  tensors("not known: more", [](Tensors& t) { t["more"] = {{1}, std::vector<double>{1}}; });
  tensors("pca.components: expected F64 with 2 sides",
          [](Tensors& t) { t["pca.components"].shape = {8}; });
  tensors("scaler.mean: expected F64",
          [](Tensors& t) { t["scaler.mean"].elements = std::vector<float>(4); });
  tensors("no tensor varieties.bias", [](Tensors& t) { t.erase("varieties.bias"); });
  tensors("expected varieties of 4 classes, found 4 weights and 5 biases", [](Tensors& t) {
    t["varieties.bias"] = {{5}, std::vector<double>(5)};
  });
  tensors("expected 4 weights of varieties, found 2", [](Tensors& t) {
    t["varieties.weights"] = {{4, 1}, std::vector<double>(4)};
  });
  tensors("weights of the PCA", [](Tensors& t) { t["pca.components"].shape = {4, 2}; });
  expect_refused("model.safetensors: ",
                 [](BundleFiles& files) { files["model.safetensors"].pop_back(); });
}

TEST(WriteBundle, RefusesWhatWouldNotBeRead) {
  Bundle bundle = made_up_bundle();
  bundle.labels.pop_back();
  MemoryStore store;
  EXPECT_THROW(write_bundle(bundle, store, "bundle"), Error);
  EXPECT_TRUE(contents(store).empty());
}

}  // namespace
}  // namespace pomona
