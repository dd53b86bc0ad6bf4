// SPDX-License-Identifier: Apache-2.0
#include "pomona/bundle/read_bundle.h"

#include <algorithm>
#include <string>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/bundle/bundle_files.h"

namespace pomona {
namespace {

constexpr std::uint64_t kMostBytes = (std::uint64_t{1} << 31) - 1;
constexpr std::uint64_t kMostJsonBytes = 16 << 20;
constexpr std::uint64_t kMostSumsBytes = 4096;

class BundleReader {
 public:
  BundleReader(const ObjectStore& store, std::string_view folder)
      : store_(store),
        folder_(folder),
        above_(folder.empty() ? "" : folder_ + "/"),
        where_(store.describe() + (folder.empty() ? "" : "/" + folder_)) {}

  Bundle read() {
    check_listing();
    check_sizes();
    BundleFiles files;
    for (const std::string_view name : kBundleFiles) {
      read_file(name, sizes_.find(name)->second, files[std::string(name)]);
    }
    for (const std::string_view name : {kBundleWeights, kBundleNetwork, kBundleCatalogue}) {
      if (const auto size = sizes_.find(name); size != sizes_.end()) {
        read_file(name, size->second, files[std::string(name)]);
      }
    }
    check_sums(files);
    try {
      Bundle bundle = parse_bundle(std::move(files));
      check_bundle(bundle);
      bundle.projection = fold(bundle.scaler, bundle.pca);
      return bundle;
    } catch (const Error& error) {
      fail(error.what());
    }
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(ErrorKind::kCorrupt,
                "reading the bundle " + where_ + ": " + problem + "; get the bundle anew");
  }

  static bool is_known(std::string_view name) {
    return name == kBundleSums || name == kBundleCatalogue || name == kBundleWeights ||
           name == kBundleNetwork || std::ranges::find(kBundleFiles, name) != kBundleFiles.end();
  }

  void check_listing() {
    std::string stranger;
    store_.list(folder_, [&](const ObjectInfo& info) {
      const std::string name = info.key.substr(above_.size());
      if (!is_known(name)) stranger = name;
      sizes_[name] = info.bytes;
    });
    if (!sizes_.contains("bundle.json") && !sizes_.contains(kBundleSums)) {
      throw Error(ErrorKind::kNotFound,
                  "reading the bundle " + where_ +
                      ": expected a folder with bundle.json in it, found none; name the folder "
                      "`bundle` of a finished run");
    }
    if (!stranger.empty()) fail("it has a file that does not belong there, " + stranger);
    for (const std::string_view name : kBundleFiles) {
      if (!sizes_.contains(name)) fail("it lacks the file " + std::string(name));
    }
    const bool has_network = sizes_.contains(kBundleNetwork);
    if (sizes_.contains(kBundleWeights) != has_network) {
      fail("it lacks the file " + std::string(has_network ? kBundleWeights : kBundleNetwork));
    }
    if (!sizes_.contains(kBundleSums)) fail("it lacks the file " + std::string(kBundleSums));
  }

  void check_sizes() const {
    std::uint64_t total = 0;
    for (const auto& [name, bytes] : sizes_) {
      const bool json = name.ends_with(".json");
      const std::uint64_t most = name == kBundleSums ? kMostSumsBytes
                                 : json              ? kMostJsonBytes
                                                     : kMostBytes - total;
      if (bytes > most) {
        fail("file " + name + " has " + std::to_string(bytes) + " bytes, at most " +
             std::to_string(most) + " expected");
      }
      total += bytes;
    }
    if (total > kMostBytes) fail("its files have more than 2 GiB");
  }

  void read_file(std::string_view name, std::uint64_t size, std::string& content) const {
    store_.read(above_ + std::string(name), size, content, /*version=*/"");
  }

  // Our own text of SHA256SUMS must be what is there, so that no second way of saying the same has
  // to be understood: no paths, no other order, no other letters.
  void check_sums(const BundleFiles& files) const {
    std::string sums;
    read_file(kBundleSums, kMostSumsBytes, sums);
    const std::string expected = print_sums(files);
    if (sums == expected) return;
    for (std::size_t begin = 0; begin < expected.size();) {
      const std::size_t end = expected.find('\n', begin) + 1;
      const std::string line = expected.substr(begin, end - begin);
      if (sums.find(line) == std::string::npos) {
        const std::string name = line.substr(line.rfind(' ') + 1);
        fail("file " + name.substr(0, name.size() - 1) + " and its digest in " +
             std::string(kBundleSums) + " do not agree: one of the two was changed");
      }
      begin = end;
    }
    fail("file " + std::string(kBundleSums) + " was changed, or a file that it lists is gone");
  }

  const ObjectStore& store_;
  std::string folder_;
  std::string above_;
  std::string where_;
  std::map<std::string, std::uint64_t, std::less<>> sizes_;
};

}  // namespace

Bundle read_bundle(const ObjectStore& store, std::string_view folder) {
  return BundleReader(store, folder).read();
}

}  // namespace pomona
