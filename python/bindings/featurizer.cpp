// SPDX-License-Identifier: Apache-2.0
#include "featurizer.h"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pomona/extract/extract.h"
#include "pomona/extract/photograph_stream.h"

namespace nb = nanobind;
using namespace nanobind::literals;

namespace pomona::python {
namespace {

using Pixels = nb::ndarray<const std::uint8_t, nb::shape<-1, -1, 3>, nb::c_contig, nb::device::cpu>;
using Features = nb::ndarray<nb::numpy, float, nb::ndim<2>>;

std::shared_ptr<StreamNetworks> make_stream_networks(const ExtractOptions& options) {
  const nb::gil_scoped_release released;
  return std::make_shared<StreamNetworks>(prepare_extract(options));
}

// A stream that keeps its networks alive.
class Stream {
 public:
  Stream(std::shared_ptr<StreamNetworks> networks, const DecodeLimits& limits)
      : networks_(std::move(networks)), stream_(*networks_, limits) {}
  // Waits for what is under way.
  ~Stream() = default;

  PhotographStream& stream() { return stream_; }
  std::size_t row_width() const { return networks_->setup().row_width(); }

 private:
  std::shared_ptr<StreamNetworks> networks_;
  PhotographStream stream_;
};

Image copy_pixels(const Pixels& pixels) {
  Image image;
  image.set_size(static_cast<int>(pixels.shape(1)), static_cast<int>(pixels.shape(0)));
  std::copy_n(pixels.data(), pixels.size(), image.pixels.data());
  return image;
}

StreamedPhotograph photograph_of(nb::handle item) {
  if (nb::isinstance<nb::bytes>(item)) {
    const auto bytes = nb::cast<nb::bytes>(item);
    return std::string(bytes.c_str(), bytes.size());
  }
  if (nb::isinstance<nb::str>(item)) return PhotographFile{nb::cast<std::string>(item)};
  return copy_pixels(nb::cast<Pixels>(item));
}

void submit(Stream& stream, const nb::list& items) {
  std::vector<StreamedPhotograph> photographs;
  photographs.reserve(items.size());
  for (const nb::handle item : items) photographs.push_back(photograph_of(item));
  stream.stream().submit(std::move(photographs));
}

Features features_of(std::vector<float> values, std::size_t rows, std::size_t width) {
  auto owned = std::make_unique<std::vector<float>>(std::move(values));
  float* data = owned->data();
  const nb::capsule owner(owned.release(), [](void* held) noexcept {
    delete static_cast<std::vector<float>*>(held);
  });
  return Features(data, {rows, width}, owner);
}

nb::object next(Stream& stream, int milliseconds) {
  std::optional<StreamedBlock> block;
  {
    const nb::gil_scoped_release released;
    block = stream.stream().next(std::chrono::milliseconds(milliseconds));
  }
  if (!block) return nb::none();
  nb::list failures;
  for (const StreamFailure& failure : block->failures) {
    failures.append(nb::make_tuple(failure.photograph, failure.stage, failure.kind,
                                   failure.message));
  }
  return nb::make_tuple(block->photographs, std::move(block->rows),
                        features_of(std::move(block->features), block->damage.size(), stream.row_width()),
                        std::move(block->damage), failures);
}

}  // namespace

void bind_featurizer(nb::module_& module) {
  nb::class_<StreamNetworks>(module, "Networks")
      .def(nb::new_(&make_stream_networks), "options"_a)
      .def_prop_ro("row_width", [](const StreamNetworks& self) { return self.setup().row_width(); })
      .def_prop_ro("size", [](const StreamNetworks& self) { return self.setup().featurizer.size; })
      .def_prop_ro("batch", [](const StreamNetworks& self) { return self.setup().featurizer.batch; })
      .def_prop_ro("workers",
                   [](const StreamNetworks& self) { return self.setup().featurizer.slots; })
      .def_prop_ro("precision", [](const StreamNetworks& self) {
        return std::string(precision_name(self.setup().featurizer.precision));
      });
  nb::class_<Stream>(module, "Stream")
      .def(nb::init<std::shared_ptr<StreamNetworks>, const DecodeLimits&>(), "networks"_a,
           "limits"_a)
      .def("submit", &submit, "photographs"_a)
      .def("next", &next, "milliseconds"_a)
      .def_prop_ro("pending", [](Stream& self) { return self.stream().pending(); })
      .def_prop_ro("enough", [](Stream& self) { return self.stream().enough(); });
}

}  // namespace pomona::python
