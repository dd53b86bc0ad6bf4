// SPDX-License-Identifier: Apache-2.0
// SHA-256, as 64 lower-case hexadecimal digits, and its keyed form (HMAC, RFC 2104). Any thread;
// what fails in libcrypto is internal.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace pomona {

// One digest over bytes given piece by piece. Not for use from two threads at once.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes);
  // Ends the digest; call once.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256(std::string_view bytes);
// As 32 bytes.
std::string sha256_bytes(std::string_view bytes);

// MD5 as 32 hexadecimal digits: only to compare with what an object store calls the ETag.
std::string md5(std::string_view bytes);
// As 16 bytes.
std::string md5_bytes(std::string_view bytes);

// As 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view message);

// CRC-32 as of zip and PNG (ISO 3309), 4 bytes, the highest first: finds what changed on its way,
// in about a third of the time of an MD5.
std::string crc32_bytes(std::string_view bytes);

// Bytes as lower-case hexadecimal digits.
std::string hex(std::string_view bytes);

// Are these 64 lower-case hexadecimal digits?
bool is_sha256(std::string_view text);

}  // namespace pomona
