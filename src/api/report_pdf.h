#pragma once
// The response compliance report as a PDF, from the JSON of GET /api/responses/{id}/report.

#include <string>
#include <string_view>

#include "core/json.h"

namespace anlan::api {

// Of the package fonts-wqy-microhei.
inline constexpr std::string_view kReportFont = "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc";

// `lang` is "zh" or "en". NotFound where the font is missing. What the report lacks stays empty in
// the PDF: an incomplete report is still a report, and says itself what is missing.
Result<std::string> report_pdf(const Json& report, std::string_view lang,
                               std::string_view font = kReportFont);

}  // namespace anlan::api
