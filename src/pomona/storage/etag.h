// SPDX-License-Identifier: Apache-2.0
// What S3 calls an object that this library wrote: a change of content changes it, so that whether
// two objects are the same is known without reading the far one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pomona {

// How large the next part of an upload is; an object smaller than the first part is written
// whole. S3 takes 10,000 parts: growing ones reach its largest object, 5 TiB, before they run out.
std::size_t upload_part_bytes(std::size_t parts_before);

// The ETag, with its quotes, of bytes given piece by piece: their MD5, or the MD5 of the parts'
// MD5s and their number (docs: "Checking object integrity", Amazon S3 User Guide). Used by one
// thread.
class EtagBuilder {
 public:
  void add(std::string_view bytes);
  std::string finish();

 private:
  void end_part();

  std::string part_;
  std::string digests_;  // of the parts so far, 16 bytes each
  std::size_t parts_ = 0;
};

// The ETag, with its quotes, of an object that was uploaded in parts with these ETags; "" where one
// of them is no MD5, as some services and some ways of encryption have it.
std::string etag_of_parts(const std::vector<std::string>& etags);

}  // namespace pomona
