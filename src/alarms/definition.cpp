#include "alarms/definition.h"

#include <array>
#include <cmath>
#include <utility>

namespace anlan::alarms {
namespace {

constexpr std::array<std::pair<Kind, std::string_view>, 7> kKinds{{{Kind::HighHigh, "hh"},
                                                                   {Kind::High, "h"},
                                                                   {Kind::Low, "l"},
                                                                   {Kind::LowLow, "ll"},
                                                                   {Kind::On, "on"},
                                                                   {Kind::Off, "off"},
                                                                   {Kind::Stale, "stale"}}};

std::unexpected<Error> bad(const Definition& definition, std::string member, std::string why) {
  return refuse(ErrorCode::BadField, "alarm " + definition.code + ": " + why, std::move(member));
}

bool is_delay(Duration delay) { return delay >= Duration{} && delay <= kDelayMax; }

Result<void> check_delays(const Definition& definition) {
  if (!is_delay(definition.on_delay)) return bad(definition, "on_delay", "0 to one day");
  if (!is_delay(definition.off_delay)) return bad(definition, "off_delay", "0 to one day");
  if (definition.kind == Kind::Stale) {
    if (definition.on_delay == Duration{}) return bad(definition, "on_delay", "stale needs one");
    return {};
  }
  if (definition.is_safety && definition.on_delay > Duration{}) {
    return bad(definition, "on_delay", "a safety alarm has none");
  }
  return {};
}

}  // namespace

std::string_view kind_text(Kind kind) {
  for (const auto& [known, text] : kKinds) {
    if (known == kind) return text;
  }
  return "";
}

Result<Kind> parse_kind(std::string_view text) {
  for (const auto& [kind, known] : kKinds) {
    if (known == text) return kind;
  }
  return refuse(ErrorCode::BadField, "no kind of alarm: " + std::string(text), "kind");
}

Result<void> check_definition(const Definition& definition) {
  if (definition.id.is_nil()) return bad(definition, "id", "is missing");
  if (definition.code.empty()) return bad(definition, "code", "is missing");
  if (definition.tag >= kTagsMax) return bad(definition, "tag", "is above the largest");
  if (kind_text(definition.kind).empty()) return bad(definition, "kind", "is none");
  if (!std::isfinite(definition.limit)) return bad(definition, "limit", "is no number");
  if (!std::isfinite(definition.deadband) || definition.deadband < 0) {
    return bad(definition, "deadband", "is below 0 or no number");
  }
  if (definition.priority < 1 || definition.priority > 4) {
    return bad(definition, "priority", "1 to 4");
  }
  if (definition.gas_level < 0 || definition.gas_level > 2) {
    return bad(definition, "gas_level", "0 to 2");
  }
  return check_delays(definition);
}

}  // namespace anlan::alarms
