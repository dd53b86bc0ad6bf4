// SPDX-License-Identifier: Apache-2.0
// Any bytes in one of its files are a bundle or an Error of read_bundle, and never more, also where
// their digests fit. With clang:
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -Isrc tests/fuzz/bundle_fuzz.cpp
//       src/pomona/base/{digest,error,json,random}.cpp
//       src/pomona/storage/{key,memory_store,object_store}.cpp src/pomona/learn/{affine,pca}.cpp
//       src/pomona/bundle/{bundle,bundle_files,read_bundle,safetensors,shallow_json}.cpp
//       -lcrypto -o build/bundle_fuzz
//   build/bundle_fuzz -max_total_time=60 build/bundle_corpus tests/golden/bundle
// New inputs are kept in the first folder.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "pomona/base/error.h"
#include "pomona/bundle/bundle_files.h"
#include "pomona/bundle/made_up_bundle.h"
#include "pomona/bundle/read_bundle.h"
#include "pomona/bundle/safetensors.h"
#include "pomona/storage/memory_store.h"

namespace {

void read_with(std::string_view name, std::string_view content) {
  static const pomona::BundleFiles whole = pomona::print_bundle(pomona::made_up_bundle());
  pomona::BundleFiles files = whole;
  files[std::string(name)] = content;
  pomona::MemoryStore store;
  for (const auto& [file, bytes] : files) store.write(file, bytes);
  store.write(pomona::kBundleSums, pomona::print_sums(files));
  try {
    pomona::check_bundle(pomona::read_bundle(store, ""));
  } catch (const pomona::Error&) {  // as it may be
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const std::string_view name : {"bundle.json", "model.safetensors", "self_check.json"}) {
    read_with(name, bytes);
  }
  try {
    pomona::print_safetensors(pomona::parse_safetensors(bytes, "model"));
  } catch (const pomona::Error&) {  // as it may be
  }
  return 0;
}
