#include "engine/permit_entry_guard.h"

#include <algorithm>

#include "core/text.h"

namespace anlan::engine {
namespace {

constexpr std::size_t kInsideMax = 5'000;  // people in all spaces of a plant at once

// Leader and workers; people without an account by the name that the permit has.
bool is_on_permit(const Json& permit, const Json& entry) {
  if (auto person = PersonId::parse(entry.text_or("person", ""))) {
    return std::ranges::contains(people_on(permit), *person);
  }
  const Json& names = permit["workers"]["names"];
  if (!names.is_array()) return false;
  std::string given = entry.text_or("name", "");
  std::string_view name = trim(given);
  return std::ranges::any_of(names.as_array(), [&](const Json& one) {
    return one.is_text() && trim(one.as_text()) == name;
  });
}

bool is_same_person(const Json& a, const Json& b, const Json& permit) {
  if (!a["person"].is_null() || !b["person"].is_null()) return a["person"] == b["person"];
  return b["permit"] == permit["id"] && a["name"] == b["name"];
}

Result<void> check_once(const GuardCall& call) {
  const PermitDesk& desk = call.desk.permits;
  const records::Form* form = desk.packs.forms.find("permit_entry");
  if (form == nullptr) return {};
  Filter open{.kind = Filter::Kind::Null, .field = "out_at"};
  std::vector<Json> rows = TRY(records::all_whole(desk.view, *form, open, kInsideMax));
  for (const Json& other : rows) {
    bool is_double =
        other["id"] != call.ask.record["id"] && is_same_person(call.ask.record, other, call.permit);
    if (!is_double) continue;
    return refuse_with(ErrorCode::Duplicate, "person",
                       Json::object({{"entry", other["id"]}, {"permit", other["permit"]}}));
  }
  return {};
}

}  // namespace

Result<Json> guard_entry(const GuardCall& call) {
  Json about = Json::object({{"permit", call.permit["id"]}, {"number", call.permit["number"]}});
  if (call.permit["guardian"] != Json(call.ask.by.text())) {
    return refuse_with(ErrorCode::Forbidden, "permit",
                       about.set("guardian", call.permit["guardian"]));
  }
  if (!call.ask.record["out_at"].is_null()) return Json();  // out: always, whatever has stopped
  if (call.permit["state"] != Json("active")) {
    return refuse_with(ErrorCode::WrongState, "permit", about.set("state", call.permit["state"]));
  }
  if (!is_on_permit(call.permit, call.ask.record)) {
    return refuse_with(ErrorCode::BadField, "person", about);
  }
  TRY(check_once(call));
  return Json();
}

}  // namespace anlan::engine
