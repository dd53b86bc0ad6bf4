// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/files/copies.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/neighbours/linked_rows.h"

namespace pomona {
namespace {

using Digest = std::array<char, 64>;

struct SizedFile {
  std::uint64_t bytes = 0;
  std::size_t row = 0;
  Digest digest = {};  // of the bytes, or of what the store calls them
  bool is_known = false;
};

// Held by each reader: large files are read piece by piece.
constexpr std::size_t kPieceBytes = 256U << 10U;

Digest digest_from(const std::string& text) {
  Digest digest = {};
  std::ranges::copy(text, digest.begin());
  return digest;
}

Digest digest_of_file(const ObjectStore& store, std::string_view key, std::string& piece) {
  const std::unique_ptr<ObjectReader> file = store.open(key);
  const std::uint64_t size = file->size();
  Sha256 digest;
  for (std::uint64_t at = 0; at < size; at += piece.size()) {
    piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, size - at)));
    file->read_at(at, piece);
    digest.add(piece);
  }
  return digest_from(digest.finish());
}

// "\"d41d8cd98f00b204e9800998ecf8427e\"".
bool is_md5_etag(std::string_view version) {
  constexpr std::size_t kDigits = 32;
  return version.size() == kDigits + 2 && version.front() == '"' && version.back() == '"' &&
         std::ranges::all_of(version.substr(1, kDigits),
                             [](unsigned char letter) { return std::isxdigit(letter) != 0; });
}

// Those that share their size with another one, by size.
ScratchVector<SizedFile> files_of_one_size(const Manifest& manifest) {
  ScratchVector<SizedFile> files;
  for (std::size_t row = 0; row < manifest.rows.size(); ++row) {
    const ManifestRow& one = manifest.rows[row];
    if (one.status == FileStatus::kOk && one.bytes > 0)
      files.push_back({one.bytes, row, {}, false});
  }
  std::ranges::sort(files, {},
                    [](const SizedFile& file) { return std::pair(file.bytes, file.row); });
  std::size_t kept = 0;
  for (std::size_t first = 0; first < files.size();) {
    std::size_t last = first + 1;
    while (last < files.size() && files[last].bytes == files[first].bytes) ++last;
    if (last - first > 1) {
      for (std::size_t i = first; i < last; ++i) files[kept++] = files[i];
    }
    first = last;
  }
  files.resize(kept);
  return files;
}

// Of all files of a size, or of none: ETags of several kinds cannot be compared.
void take_etags(const Manifest& manifest, ScratchVector<SizedFile>& files) {
  for (std::size_t first = 0; first < files.size();) {
    std::size_t last = first;
    bool are_md5 = true;
    for (; last < files.size() && files[last].bytes == files[first].bytes; ++last) {
      are_md5 = are_md5 && is_md5_etag(manifest.rows[files[last].row].version);
    }
    for (; first < last; ++first) {
      if (!are_md5) continue;
      files[first].digest = digest_from(sha256(manifest.rows[files[first].row].version));
      files[first].is_known = true;
    }
  }
}

void read_digests(const ImageRoots& roots, const Manifest& manifest,
                  ScratchVector<SizedFile>& files, Progress& progress,
                  const std::stop_token& stop) {
  std::vector<SizedFile*> unknown;
  for (SizedFile& file : files) {
    if (!file.is_known) unknown.push_back(&file);
  }
  if (unknown.empty()) return;
  progress.begin("compare", unknown.size());
  const std::size_t readers = std::max(usable_cores(), roots.concurrent_reads());
  std::vector<std::string> pieces(readers);
  parallel_for(unknown.size(), readers, [&](std::size_t i, std::size_t reader) {
    throw_if_stopped(stop);
    SizedFile& file = *unknown[i];
    const ManifestRow& row = manifest.rows[file.row];
    try {
      file.digest = digest_of_file(roots.store(row.split), row.path, pieces[reader]);
      file.is_known = true;
    } catch (const Error& error) {
      // What cannot be read becomes a failure when it is to be decoded.
      if (error.kind() == ErrorKind::kInterrupted) throw;
    }
    progress.advance(1);
  });
}

}  // namespace

ScratchVector<std::size_t> find_copies(const ImageRoots& roots, const Manifest& manifest,
                                       Progress& progress, const std::stop_token& stop) {
  ScratchVector<std::size_t> first_copy(manifest.rows.size());
  std::iota(first_copy.begin(), first_copy.end(), 0);
  ScratchVector<SizedFile> files = files_of_one_size(manifest);
  take_etags(manifest, files);
  read_digests(roots, manifest, files, progress, stop);
  std::erase_if(files, [](const SizedFile& file) { return !file.is_known; });
  std::ranges::sort(files, [](const SizedFile& a, const SizedFile& b) {
    return std::tie(a.bytes, a.digest, a.row) < std::tie(b.bytes, b.digest, b.row);
  });
  for (std::size_t i = 1; i < files.size(); ++i) {
    const SizedFile& before = files[i - 1];
    if (std::tie(before.bytes, before.digest) != std::tie(files[i].bytes, files[i].digest)) {
      continue;
    }
    first_copy[files[i].row] = first_copy[before.row];
  }
  return first_copy;
}

void join_copies(const Manifest& manifest, std::span<const std::size_t> first_copy,
                 Groups& groups) {
  LinkedRows joined(groups.key.size());
  const auto first_of = [&](std::int32_t group) {
    return joined.first_of(static_cast<std::size_t>(group));
  };
  std::vector<bool> holds_copies(groups.key.size());
  for (std::size_t row = 0; row < first_copy.size(); ++row) {
    if (first_copy[row] == row) continue;
    joined.link(static_cast<std::size_t>(groups.of_row[row]),
                static_cast<std::size_t>(groups.of_row[first_copy[row]]));
    holds_copies[static_cast<std::size_t>(first_of(groups.of_row[row]))] = true;
  }
  if (std::ranges::find(holds_copies, true) == holds_copies.end()) return;
  constexpr std::uint32_t kNone = static_cast<std::uint32_t>(-1);
  std::vector<std::uint32_t> label_of(groups.key.size(), kNone);
  groups.mixed.assign(groups.key.size(), 0);
  for (std::size_t row = 0; row < groups.of_row.size(); ++row) {
    groups.of_row[row] = first_of(groups.of_row[row]);
    const auto group = static_cast<std::size_t>(groups.of_row[row]);
    if (!holds_copies[group] || manifest.rows[row].status != FileStatus::kOk) continue;
    const std::uint32_t label = manifest.rows[row].label;
    if (label_of[group] == kNone) label_of[group] = label;
    if (label_of[group] != label) groups.mixed[group] = 1;
  }
}

}  // namespace pomona
