// SPDX-License-Identifier: Apache-2.0
#include "featurizer.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "background.h"
#include "engine_process.h"
#include "held_array.h"
#include "interpreter_end.h"
#include "photographs.h"
#include "pomona/extract/extract.h"
#include "pomona/extract/photograph_stream.h"

namespace nb = nanobind;
using nanobind::literals::operator""_a;

namespace pomona::python {
namespace {

std::shared_ptr<StreamNetworks> make_stream_networks(const ExtractOptions& options) {
  enter_engine();
  return interruptible<std::shared_ptr<StreamNetworks>>([options](const std::stop_token&) {
    return kept_in_forks(std::make_unique<StreamNetworks>(prepare_extract(options)));
  });
}

// A stream that keeps its networks alive.
class StreamWork : public Work {
 public:
  StreamWork(std::shared_ptr<StreamNetworks> networks, const DecodeLimits& limits)
      : networks_(std::move(networks)), stream_(*networks_, limits) {}

  void stop() override { stream_.stop(); }
  bool is_over() override { return stream_.is_idle(); }
  PhotographStream& stream() { return stream_; }
  std::size_t row_width() const { return networks_->setup().row_width(); }

 private:
  std::shared_ptr<StreamNetworks> networks_;
  PhotographStream stream_;
};

// What Python holds. Its end does not wait for the photographs that are under way.
class Stream {
 public:
  Stream(std::shared_ptr<StreamNetworks> networks, const DecodeLimits& limits) {
    enter_engine();
    work_ = std::make_shared<StreamWork>(std::move(networks), limits);
    enroll(work_);
  }
  ~Stream() { release(work_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void submit(const nb::list& photographs) {
    enter_engine();
    work_->stream().submit(photographs_of(photographs));
  }
  nb::object next(int milliseconds);
  void stop() { release(work_); }
  std::size_t pending() const { return work_->stream().pending(); }
  std::size_t enough() const { return work_->stream().enough(); }

 private:
  std::shared_ptr<StreamWork> work_;
};

nb::list failures_of(const StreamedBlock& block) {
  nb::list failures;
  for (const auto& [photograph, failure] : block.failures) {
    failures.append(nb::make_tuple(photograph, failure.stage, failure.kind, failure.message));
  }
  return failures;
}

nb::object Stream::next(int milliseconds) {
  enter_engine();
  const std::shared_ptr<StreamWork> work = work_;
  std::optional<StreamedBlock> block;
  {
    const GilReleased without_gil;
    block = work->stream().next(std::chrono::milliseconds(milliseconds));
  }
  if (!block) return nb::none();
  const nb::list failures = failures_of(*block);
  return nb::make_tuple(
      block->rows,
      numpy_array_of(std::move(block->features), block->rows.size(), work->row_width()),
      block->damage, failures);
}

}  // namespace

void bind_featurizer(nb::module_& module) {
  module.def("enter_engine", &enter_engine);
  nb::class_<StreamNetworks>(module, "Networks")
      .def(nb::new_(&make_stream_networks), "options"_a)
      .def_prop_ro("row_width", [](const StreamNetworks& self) { return self.setup().row_width(); })
      .def_prop_ro("feature_count",
                   [](const StreamNetworks& self) {
                     return self.setup().row_width() / self.setup().crops.size();
                   })
      .def_prop_ro("size", [](const StreamNetworks& self) { return self.setup().featurizer.size; })
      .def_prop_ro("batch",
                   [](const StreamNetworks& self) { return self.setup().featurizer.batch; })
      .def_prop_ro("workers",
                   [](const StreamNetworks& self) { return self.setup().featurizer.slots; })
      .def_prop_ro("precision", [](const StreamNetworks& self) {
        return std::string(precision_name(self.setup().featurizer.precision));
      });
  nb::class_<Stream>(module, "Stream")
      .def(nb::init<std::shared_ptr<StreamNetworks>, const DecodeLimits&>(), "networks"_a,
           "limits"_a)
      .def("submit", &Stream::submit, "photographs"_a,
           nb::sig("def submit(self, photographs: list[typing.Any]) -> None"))
      .def("next", &Stream::next, "milliseconds"_a,
           nb::sig("def next(self, milliseconds: int) -> tuple[list[int], "
                   "numpy.typing.NDArray[numpy.float32], list[float], "
                   "list[tuple[int, str, str, str]]] | None"))
      .def("stop", &Stream::stop)
      .def_prop_ro("pending", &Stream::pending)
      .def_prop_ro("enough", &Stream::enough);
}

}  // namespace pomona::python
