// SPDX-License-Identifier: Apache-2.0
// The page that web/ built, as bytes of this library: the assembler takes the file as it is.
#include "pomona/report/report.h"

asm(R"(
  .pushsection .rodata
  .global kPomonaReportPageBegin, kPomonaReportPageEnd
  .hidden kPomonaReportPageBegin, kPomonaReportPageEnd
kPomonaReportPageBegin:
  .incbin ")" POMONA_REPORT_PAGE R"("
kPomonaReportPageEnd:
  .popsection
)");

extern "C" {
[[gnu::visibility("hidden")]] extern const char kPomonaReportPageBegin[];
[[gnu::visibility("hidden")]] extern const char kPomonaReportPageEnd[];
}

namespace pomona {

std::string_view report_template() {
  return {kPomonaReportPageBegin,
          static_cast<std::size_t>(kPomonaReportPageEnd - kPomonaReportPageBegin)};
}

}  // namespace pomona
