// SPDX-License-Identifier: Apache-2.0
// Python objects whose memory C++ and foreign libraries read. Made with the GIL; copied and dropped
// on any thread, with or without it.
#pragma once

#include <memory>

namespace nanobind {
class handle;
}

namespace pomona::python {

// Keeps the object alive. The last to drop it takes the GIL to do so. After the interpreter has
// begun to end, the object is left to the end of the process.
std::shared_ptr<const void> python_owner(nanobind::handle object);

}  // namespace pomona::python
