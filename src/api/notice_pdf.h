#pragma once
// The notice of repair: one hazard on a sheet of paper that is handed over and signed.

#include <span>
#include <string>
#include <vector>

#include "api/print_words.h"
#include "api/report_pdf.h"

namespace anlan::api {

struct NoticeWish {
  Json sheet;                       // of engine::record_sheet
  std::vector<std::string> photos;  // JPEG files, small ones
  std::size_t photos_left_out = 0;
  std::string address;  // of the record, for the QR code; may be empty
  std::string made_by;
  std::string font = std::string(kReportFont);
};
Result<std::string> notice_pdf(const records::Form& form, const PrintWords& words,
                               const NoticeWish& wish);

}  // namespace anlan::api
