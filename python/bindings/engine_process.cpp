// SPDX-License-Identifier: Apache-2.0
#include "engine_process.h"

#include <nanobind/nanobind.h>
#include <unistd.h>

#include <atomic>

namespace nb = nanobind;

namespace pomona::python {
namespace {

std::atomic<pid_t> owner = 0;

}  // namespace

void enter_engine() {
  pid_t nobody = 0;
  owner.compare_exchange_strong(nobody, ::getpid());
  if (!is_forked()) return;
  nb::module_::import_("pomona.errors")
      .attr("raise_error")("forked",
                           "using Pomona in a forked process: its parent has used it already, and "
                           "threads do not come along with a fork; start processes by spawn or "
                           "forkserver (multiprocessing.get_context(\"spawn\")), or use threads");
}

bool is_forked() { return owner != 0 && owner != ::getpid(); }

}  // namespace pomona::python
