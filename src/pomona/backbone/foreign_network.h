// SPDX-License-Identifier: Apache-2.0
// Reads a network that somebody else made: ONNX, TensorFlow SavedModel, TFLite or OpenVINO IR. Each
// is read by the front end of its own format: OpenVINO by itself would try all of them, and some
// write to stderr what they cannot parse. Private to this module. Any thread.
#pragma once

#include <memory>
#include <string>

namespace ov {
class Model;
}

namespace pomona {

// `path`: a file, or a folder for SavedModel. Throws not_found; invalid_input for other formats and
// operations unknown to OpenVINO; corrupt for files that hold no such network, with the reason:
// Git-LFS pointer, empty, HTML page, archive.
std::shared_ptr<ov::Model> read_foreign_network(const std::string& path);

}  // namespace pomona
