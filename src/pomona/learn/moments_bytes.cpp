// SPDX-License-Identifier: Apache-2.0
// Layout, little-endian: "PMNAMOM1", dims, class_count, rows (uint64 each); shift, sums, upper
// triangle of the Gram matrix row by row, class counts (uint64), class sums (float64 all the
// others); then the SHA-256 of everything before it as 64 hexadecimal digits.
#include <bit>

#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/learn/moments.h"

namespace pomona {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view kMagic = "PMNAMOM1";
constexpr std::size_t kDigestSize = 64;
constexpr std::size_t kHeaderSize = kMagic.size() + 3 * sizeof(std::uint64_t);
// More than any network gives; keeps the arithmetic on sizes far from overflow.
constexpr std::uint64_t kLargestCount = 1U << 20U;

template <class T>
void append(std::string& bytes, std::span<const T> values) {
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
}

// Takes values from the front of what is left to read; sizes were checked before.
template <class T>
void take(std::string_view& bytes, std::span<T> values) {
  bytes.copy(reinterpret_cast<char*>(values.data()), values.size_bytes());
  bytes.remove_prefix(values.size_bytes());
}

[[noreturn]] void refuse_bytes(const std::string& why) {
  throw Error(ErrorKind::kCorrupt,
              "reading moments from bytes: " + why + "; make them again from the features");
}

}  // namespace

std::string Moments::to_bytes() const {
  std::string bytes(kMagic);
  const std::uint64_t header[] = {dims_, class_counts_.size(), rows_};
  append<std::uint64_t>(bytes, header);
  append<double>(bytes, shift_);
  append<double>(bytes, sums_);
  for (std::size_t i = 0; i < dims_; ++i) append<double>(bytes, gram_.row(i).subspan(i));
  append<std::uint64_t>(bytes, class_counts_);
  append<double>(bytes, {class_sums_.data(), class_sums_.size()});
  return bytes + sha256(bytes);
}

Moments Moments::from_bytes(std::string_view bytes) {
  if (bytes.size() < kHeaderSize + kDigestSize) refuse_bytes("they end too early");
  if (!bytes.starts_with(kMagic)) refuse_bytes("they do not begin as moments of this version do");
  const std::string_view digest = bytes.substr(bytes.size() - kDigestSize);
  bytes.remove_suffix(kDigestSize);
  if (sha256(bytes) != digest) refuse_bytes("they do not match their SHA-256");
  bytes.remove_prefix(kMagic.size());
  std::uint64_t header[3] = {};
  take<std::uint64_t>(bytes, header);
  const auto [dims, class_count, rows] = header;
  if (dims == 0 || dims > kLargestCount || class_count > kLargestCount) {
    refuse_bytes("dimensions and classes are out of range");
  }
  if (bytes.size() != 8 * (2 * dims + dims * (dims + 1) / 2 + class_count + class_count * dims)) {
    refuse_bytes("their size does not fit their dimensions and classes");
  }
  Moments moments(dims, class_count);
  moments.rows_ = rows;
  take<double>(bytes, moments.shift_);
  take<double>(bytes, moments.sums_);
  for (std::size_t i = 0; i < dims; ++i) take<double>(bytes, moments.gram_.row(i).subspan(i));
  take<std::uint64_t>(bytes, moments.class_counts_);
  take<double>(bytes, {moments.class_sums_.data(), moments.class_sums_.size()});
  return moments;
}

}  // namespace pomona
