// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "pomona/base/error.h"

namespace pomona {
namespace {

std::string digest_of(const EVP_MD* kind, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), raw.data(), &size, kind, nullptr) != 1) {
    throw Error(ErrorKind::kInternal, "computing a digest failed in libcrypto");
  }
  return {reinterpret_cast<const char*>(raw.data()), size};
}

// What a byte does to a CRC-32 when k bytes come after it, for k from 0: so sixteen bytes are taken
// at once ("slicing by 16": Kounavis, Berry 2008).
constexpr std::size_t kSlices = 16;
using CrcTables = std::array<std::array<std::uint32_t, 256>, kSlices>;
constexpr CrcTables crc_tables() {
  constexpr std::uint32_t kPolynomial = 0xedb88320;
  CrcTables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1U) ^ ((rest & 1U) * kPolynomial);
    tables[0][byte] = rest;
  }
  for (std::size_t k = 1; k < kSlices; ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[k - 1][byte];
      tables[k][byte] = (before >> 8U) ^ tables[0][before & 255U];
    }
  }
  return tables;
}
constexpr CrcTables kCrcTables = crc_tables();

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (; bytes.size() >= kSlices; bytes.remove_prefix(kSlices)) {
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < kSlices; ++i) {
      auto byte = static_cast<unsigned char>(bytes[i]);
      if (i < 4) byte ^= static_cast<unsigned char>(crc >> (8 * i));
      next ^= kCrcTables[kSlices - 1 - i][byte];
    }
    crc = next;
  }
  for (const char byte : bytes) {
    crc = (crc >> 8U) ^ kCrcTables[0][(crc ^ static_cast<unsigned char>(byte)) & 255U];
  }
  return ~crc;
}

}  // namespace

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  if (EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) != 1) {
    throw Error(ErrorKind::kInternal, "starting a SHA-256 digest failed in libcrypto");
  }
}

Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  if (EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) != 1) {
    throw Error(ErrorKind::kInternal, "adding to a SHA-256 digest failed in libcrypto");
  }
}

std::string Sha256::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned int size = 0;
  if (EVP_DigestFinal_ex(state_->context, raw.data(), &size) != 1) {
    throw Error(ErrorKind::kInternal, "ending a SHA-256 digest failed in libcrypto");
  }
  return hex({reinterpret_cast<const char*>(raw.data()), size});
}

std::string sha256(std::string_view bytes) { return hex(sha256_bytes(bytes)); }
std::string sha256_bytes(std::string_view bytes) { return digest_of(EVP_sha256(), bytes); }
std::string md5(std::string_view bytes) { return hex(md5_bytes(bytes)); }
std::string md5_bytes(std::string_view bytes) { return digest_of(EVP_md5(), bytes); }

std::string crc32_bytes(std::string_view bytes) {
  const std::uint32_t crc = crc32(bytes);
  std::string text;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) text += static_cast<char>(crc >> shift & 255U);
  return text;
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(), raw.data(),
           &size) == nullptr) {
    throw Error(ErrorKind::kInternal, "computing an HMAC failed in libcrypto");
  }
  return {reinterpret_cast<const char*>(raw.data()), size};
}

std::string hex(std::string_view bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace pomona
