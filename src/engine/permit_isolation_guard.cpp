// What the rules want isolated before anybody starts, and what must be given back at the end.

#include <algorithm>
#include <array>

#include "engine/guards.h"

namespace anlan::engine {
namespace {

constexpr std::size_t kHungMax = 5'000;  // records of one form about one permit

Result<std::vector<Json>> rows_about(const PermitDesk& desk, const Json& permit,
                                     std::string_view form_id) {
  const records::Form* form = desk.packs.forms.find(form_id);
  if (form == nullptr || permit.is_null()) return std::vector<Json>{};
  Filter own{.kind = Filter::Kind::Eq, .field = "permit", .values = {permit}};
  return records::all_whole(desk.view, *form, own, kHungMax);
}

// Verified isolations of one of these types.
int64_t verified_of(const std::vector<Json>& rows, const Json& types) {
  if (!types.is_array()) return 0;
  return std::ranges::count_if(rows, [&](const Json& row) {
    return row["state"] == Json("verified") && std::ranges::contains(types.as_array(), row["type"]);
  });
}

// The first line of the decision `isolations` that too few rows answer. What stands for the parent
// stands for the work inside it too: nobody takes it away while either goes on.
Result<void> check_asked(const GuardCall& call, std::vector<Json> rows) {
  const PermitDesk& desk = call.desk.permits;
  auto asked = permit_decision(desk, call.permit, "isolations");
  if (!asked && asked.error().code == ErrorCode::NotFound) return {};
  if (!asked) return std::unexpected(asked.error());
  if (!asked->is_array()) return {};
  auto above = TRY(rows_about(desk, call.permit["parent"], "permit_isolation"));
  rows.insert(rows.end(), above.begin(), above.end());
  for (const Json& line : asked->as_array()) {
    int64_t verified = verified_of(rows, line["types"]);
    if (verified >= line.int_or("rows_min", 1)) continue;
    Json params = Json::object({{"types", line["types"]},
                                {"rows_min", line["rows_min"]},
                                {"verified", verified},
                                {"mark", line["mark"]},
                                {"source", line["source"]}});
    return std::unexpected(Error{.code = ErrorCode::IsolationOpen,
                                 .message_zh = line.text_or("text_zh", ""),
                                 .message_en = line.text_or("text_en", ""),
                                 .params = write_json(params)});
  }
  return {};
}

}  // namespace

Result<std::vector<Json>> hung_on(const GuardCall& call, std::string_view form_id) {
  return rows_about(call.desk.permits, call.permit["id"], form_id);
}

Result<Json> guard_closing(const GuardCall& call) {
  bool has_isolations = !TRY(hung_on(call, "permit_isolation")).empty();
  struct Line {
    std::string_view name;
    bool is_asked;
  };
  const std::array lines{Line{"tools", true}, Line{"isolations", has_isolations},
                         Line{"clean", true}, Line{"watch", !call.permit["watch_from"].is_null()}};
  std::string side = call.ask.node == "accept" ? "owner_" : "crew_";
  for (const Line& line : lines) {
    std::string field = side + std::string(line.name);
    if (!line.is_asked || call.permit.bool_or(field, false)) continue;
    return refuse(ErrorCode::MissingField, "not ticked at the end", field);
  }
  return Json();
}

Result<Json> guard_isolation(const GuardCall& call) {
  bool is_end = call.ask.outcome == "close" || call.ask.outcome == "accept";
  const char* wanted = is_end ? "removed" : "verified";
  auto rows = TRY(hung_on(call, "permit_isolation"));
  for (const Json& row : rows) {
    if (row["state"] == Json(wanted)) continue;
    return refuse_with(
        ErrorCode::IsolationOpen, {},
        Json::object(
            {{"isolation", row["id"]}, {"tag_no", row["tag_no"]}, {"state", row["state"]}}));
  }
  if (!is_end) TRY(check_asked(call, std::move(rows)));
  return Json();
}

}  // namespace anlan::engine
