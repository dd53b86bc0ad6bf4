// SPDX-License-Identifier: Apache-2.0
// A value or the reason why there is none, for what is expected to fail per item. g++ 12 has no
// std::expected in C++20; tl::expected has the same interface. A value: any thread, each its own.
#pragma once

#include <tl/expected.hpp>

namespace pomona {

template <class Value, class Failure>
using expected = tl::expected<Value, Failure>;

template <class Failure>
using unexpected = tl::unexpected<Failure>;

}  // namespace pomona
