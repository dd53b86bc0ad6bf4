// SPDX-License-Identifier: Apache-2.0
// The page that web/ built, as bytes of this library: the assembler takes the file as it is.
#include "pomona/report/report.h"

asm(R"(
  .pushsection .rodata
  .global pomona_report_page_begin, pomona_report_page_end
  .hidden pomona_report_page_begin, pomona_report_page_end
pomona_report_page_begin:
  .incbin ")" POMONA_REPORT_PAGE R"("
pomona_report_page_end:
  .popsection
)");

extern "C" {
[[gnu::visibility("hidden")]] extern const char pomona_report_page_begin[];
[[gnu::visibility("hidden")]] extern const char pomona_report_page_end[];
}

namespace pomona {

std::string_view report_template() {
  return {pomona_report_page_begin,
          static_cast<std::size_t>(pomona_report_page_end - pomona_report_page_begin)};
}

}  // namespace pomona
