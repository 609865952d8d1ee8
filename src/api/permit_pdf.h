#pragma once
// The printed ticket of one work permit, as it hangs at the job: what is done and where, who
// answers for it, gas, measures, the course, and the code that proves the sheet against the ledger.

#include <string>

#include "api/print_words.h"
#include "api/report_pdf.h"

namespace anlan::api {

struct PermitWish {
  Json sheet;           // of engine::permit_sheet
  std::string address;  // of the permit, for the QR code; may be empty
  std::string made_by;
  std::string font = std::string(kReportFont);
};
// `forms`: the forms that the sheet names, for titles. BadField without a record.
Result<std::string> permit_pdf(const records::Forms& forms, const PrintWords& words,
                               const PermitWish& wish);

}  // namespace anlan::api
