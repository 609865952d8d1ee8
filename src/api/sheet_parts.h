#pragma once
// What every printed sheet of one record has: the line below each page, and the code that proves
// the sheet against the ledger.

#include <string>
#include <vector>

#include "api/print_words.h"
#include "api/report_paper.h"

namespace anlan::api {

// The letters that numbers, addresses and hashes are written with, for the font.
inline constexpr std::string_view kPrintAscii =
    " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
    "abcdefghijklmnopqrstuvwxyz{|}~";

// "made by NAME at TIME  page 1 of 2", one for each page. `sheet` is engine::record_sheet's.
std::vector<std::string> page_lines(const PrintWords& words, const Json& sheet,
                                    const std::string& made_by, std::size_t pages);
// QR code of the record's page, its leaf in the ledger and the newest tree head.
void draw_trust(Paper& paper, const PrintWords& words, const Json& sheet,
                const std::string& address, const std::vector<std::string>& dots);

}  // namespace anlan::api
