// SPDX-License-Identifier: Apache-2.0
#include "pomona/report/report.h"

#include <utility>

#include "pomona/base/error.h"
#include "pomona/report/figures.h"
#include "pomona/report/page_json.h"
#include "pomona/report/photographs.h"

namespace pomona {
namespace {

constexpr std::string_view kBegin = R"(<script type="application/json" id="report-data">)";
constexpr std::string_view kEnd = "</script>";

}  // namespace

Json collect_report_data(const ObjectStore& out, const PreviewPlace& previews,
                         std::size_t max_bytes, Json judgements) {
  Json data = read_figures(out);
  data["judgements"] = std::move(judgements);
  shrink_figures(data, max_bytes);
  const std::size_t used = page_json(data).size();
  if (used < max_bytes) add_photographs(previews, max_bytes - used, data);
  return data;
}

std::string render_report(std::string_view page_template, const Json& data) {
  const std::size_t begin = page_template.find(kBegin);
  const std::size_t end =
      begin == std::string_view::npos ? begin : page_template.find(kEnd, begin + kBegin.size());
  if (end == std::string_view::npos ||
      page_template.find(kBegin, begin + 1) != std::string_view::npos) {
    throw Error(ErrorKind::kInternal,
                "filling the report page: expected one place for the data in the page that web/ "
                "built, found none or two; build web/ again");
  }
  std::string page(page_template.substr(0, begin + kBegin.size()));
  page += page_json(data);
  page += page_template.substr(end);
  return page;
}

std::string render_report(const ObjectStore& out, const PreviewPlace& previews, Json judgements) {
  const std::string_view page = report_template();
  return render_report(
      page, collect_report_data(out, previews, kMaxPageBytes - page.size(), std::move(judgements)));
}

}  // namespace pomona
