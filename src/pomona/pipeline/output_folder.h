// SPDX-License-Identifier: Apache-2.0
// An output folder, written once: everything is staged below `_pomona/` and moved to its place when
// all of it is there, the empty file `_SUCCESS` last. Whoever reads by `_SUCCESS` sees nothing or
// all.
//
// Destroyed before publish() it removes what it staged (and the folder itself with those above it,
// as far as it made them).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pomona/storage/object_store.h"
#include "pomona/storage/posix_file.h"
#include "pomona/storage_s3/open_store.h"

namespace pomona {

class OutputFolder {
 public:
  // `place`: a folder, or s3://bucket/prefix, where publishing is by copies within the bucket.
  // Throws invalid_input when it holds anything and `force` is not given, and when it lies inside
  // one of `inputs` or one of them inside it. With `force`, results of an earlier run are replaced
  // at publish(); files that are not ours stay, and results that are not made anew go. A folder
  // that no run has written is refused all the same.
  // Throws unavailable while another run is at work in the folder.
  OutputFolder(const std::string& place, const StoreOptions& stores, bool force,
               const std::vector<std::string>& inputs);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  // Results are written here, under their final names.
  ObjectStore& staged();
  // For what is needed on the way and not published: always a file of this machine.
  std::string scratch_path(const std::string& name) const;

  // Throws unavailable when another run has published there meanwhile.
  void publish();

 private:
  void clean_up();

  std::string place_;
  std::vector<std::string> made_folders_;  // by this object, the innermost first
  std::string scratch_;
  Descriptor lock_;  // of a local folder, as long as this object works in it
  bool published_ = false;
  std::shared_ptr<ObjectStore> root_;
  std::shared_ptr<ObjectStore> staged_;
};

// Names at the top of an output folder that are ours.
const std::vector<std::string>& output_names();

}  // namespace pomona
