#include "connect/written_time.h"

#include <string>

namespace anlan::connect {
namespace {

constexpr std::size_t kDateSize = 10;     // "2026-11-23"
constexpr std::size_t kMinutesSize = 16;  // "2026-11-23T10:14"
constexpr std::size_t kSizeMax = 40;

}  // namespace

bool is_utc_offset(std::string_view text) {
  if (text == "Z") return true;
  bool is_shaped = text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':';
  if (!is_shaped) return false;
  for (std::size_t place : {1, 2, 4, 5}) {
    if (text[place] < '0' || text[place] > '9') return false;
  }
  return text.substr(1) <= "14:00" && text[4] <= '5';
}

std::optional<Instant> written_time(std::string_view text, std::string_view offset) {
  if (text.size() < kDateSize || text.size() > kSizeMax) return std::nullopt;
  std::string iso(text);
  if (iso[4] == '/' && iso[7] == '/') iso[4] = iso[7] = '-';
  if (iso.size() == kDateSize) iso += "T00:00:00";
  if (iso[kDateSize] == ' ') iso[kDateSize] = 'T';
  if (iso.size() == kMinutesSize) iso += ":00";
  auto at = parse_instant(iso);
  if (!at && !offset.empty()) at = parse_instant(iso + std::string(offset));
  return at ? std::optional(*at) : std::nullopt;
}

}  // namespace anlan::connect
