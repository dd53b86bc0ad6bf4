// SPDX-License-Identifier: Apache-2.0
// What the OpenVINO sources of this module share; no other module includes it. Any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "pomona/base/error.h"

namespace ov {
class Core;
class Model;
}  // namespace ov

namespace pomona {

// The names of a stored backbone's outputs.
inline constexpr const char* kFeaturesOutput = "features";
inline constexpr const char* kLogitsOutput = "logits";

// The one of this process: plug-ins are loaded once.
ov::Core& openvino_core();

// To be called before a network is compiled: where OpenVINO can start only some of its threads, it
// hangs or ends the process. Throws unavailable when the system does not start so many now.
void check_threads(std::size_t streams, std::string_view doing);

// To be called while an exception of OpenVINO is handled: throws Error{kind} with `doing`, the
// gist of OpenVINO's own words, and `advice`; where it says that no thread can be started,
// unavailable. Our own errors pass unchanged.
[[noreturn]] void rethrow_openvino(ErrorKind kind, std::string_view doing, std::string_view advice);

// What to do about a network of ours whose bytes have their digest, and that cannot be read.
inline constexpr std::string_view kUnreadableHere =
    "its bytes are those that were written, so this version of OpenVINO cannot read them: import "
    "the network with this version, and train models on it anew";

// What to do about a network that was prepared and cannot be run: our checks at the import failed.
inline constexpr std::string_view kReportNetwork =
    "report it, with the file that the network was imported from";

// The network of an IR; copies the weights. OpenVINO's exceptions are not translated.
std::shared_ptr<ov::Model> read_network(const std::string& xml, std::string_view bin);

}  // namespace pomona
