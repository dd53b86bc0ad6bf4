// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

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
