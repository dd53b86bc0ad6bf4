// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/printable.h"

#include <gtest/gtest.h>

namespace pomona {
namespace {

using std::string_view_literals::operator""sv;

TEST(PrintableTest, LeavesTextAsItIs) {
  EXPECT_EQ(printable("Äpfel, 果 \"rot\" 100%"), "Äpfel, 果 \"rot\" 100%");
  EXPECT_EQ(printable("\xC2\xA0 \xC3\x80"), "\xC2\xA0 \xC3\x80");
}

TEST(PrintableTest, EscapesWhatControlsATerminal) {
  EXPECT_EQ(printable("\x1B[31mred\n\0"sv), "\\x1B[31mred\\x0A\\x00");
  EXPECT_EQ(printable("\x7F\xC2\x9B!"), "\\x7F\\x9B!");
}

}  // namespace
}  // namespace pomona
