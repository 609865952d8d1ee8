#include "engine/permit_caught.h"

#include <array>

namespace anlan::engine {
namespace {

constexpr int64_t kCaughtMax = 100'000;  // of one window

// What is kept of an application that was refused: what, where, when, and by whom.
constexpr std::array kKept{
    "kind",       "grade",       "area",      "device",       "parent",    "regime",
    "content",    "x",           "y",         "z_low_m",      "z_high_m",  "height_m",
    "load_t",     "dig_depth_m", "hot_place", "pipe",         "space",     "leader",
    "guardian",   "rigger",      "signaller", "crane_driver", "work_unit", "is_contractor",
    "valid_from", "valid_to"};

Json application_of(const CreateRecord& made, const Error& refusal) {
  Json fields = Json::object();
  for (const char* field : kKept) {
    if (!made.fields[field].is_null()) fields.set(field, made.fields[field]);
  }
  bool is_told = !refusal.message_zh.empty();
  const ErrorText& text = error_text(refusal.code);
  return Json::object({{"fields", std::move(fields)},
                       {"field", refusal.field},
                       {"zh", is_told ? refusal.message_zh : std::string(text.zh)},
                       {"en", is_told ? refusal.message_en : std::string(text.en)}});
}

}  // namespace

std::optional<Caught> caught_by(const Command& command, const Error& refusal) {
  Caught caught{.code = std::string(error_text(refusal.code).code)};
  auto params = parse_json(refusal.params);
  bool is_guarded = !refusal.params.empty() && params && (*params)["guard"].is_text();
  if (is_guarded) {
    caught.guard = params->text_or("guard", "");
    caught.node = params->text_or("node", "");
  }
  const auto* made = std::get_if<CreateRecord>(&command.what);
  if (made != nullptr && made->form == "permit") {
    bool is_check = refusal.code == ErrorCode::CheckFailed;
    if (!is_guarded && !is_check) return std::nullopt;
    if (!is_guarded) caught.guard = "check";
    caught.application = application_of(*made, refusal);
    return caught;
  }
  auto permit = RecordId::parse(is_guarded ? params->text_or("guarded", "") : "");
  if (!permit) return std::nullopt;
  caught.permit = *permit;
  return caught;
}

Result<void> write_caught(const Execution::Around& around, store::Transaction& transaction,
                          const Command& command, const Caught& caught) {
  const records::Form* form = around.packs.forms.find("permit");
  if (form == nullptr) return {};
  bool is_application = !caught.application.is_null();
  if (!is_application) {
    auto state = records::state_of(transaction, *form, caught.permit);
    if (!state && state.error().code == ErrorCode::NotFound) return {};
    if (!state) return std::unexpected(state.error());
    if (state->empty()) return {};
  }
  store::Change change{.actor = command.by.actor,
                       .act = is_application ? "permit.not_applied" : "permit.caught",
                       .subject_kind = "permit",
                       .subject_id = caught.permit.text(),
                       .at = around.now};
  change.detail =
      Json::object({{"guard", caught.guard}, {"code", caught.code}, {"node", caught.node}});
  store::RowChange row{.kind = store::RowChange::Kind::Insert,
                       .table = "permit_caught",
                       .key = {{"id", format_uuid(around.ids.next())}},
                       .cells = {{"permit", caught.permit.text()},
                                 {"guard", caught.guard},
                                 {"code", caught.code},
                                 {"node", caught.node},
                                 {"person", command.by.person.text()},
                                 {"at", around.now.ns}}};
  if (is_application) row.cells.push_back({"application", write_json(caught.application)});
  change.rows.push_back(std::move(row));
  return transaction.apply(change);
}

Result<std::vector<Caught>> caught_within(store::View& view, Instant from, Instant to) {
  auto rows =
      TRY(view.query({"SELECT permit, guard, code, node, application, person, at"
                      " FROM permit_caught WHERE at >= ? AND at < ?"
                      " ORDER BY at, id LIMIT ?",
                      {from.ns, to.ns, kCaughtMax}}));
  std::vector<Caught> all;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Caught one{.permit = TRY(RecordId::parse(rows[i].text("permit"))),
               .guard = rows[i].text("guard"),
               .code = rows[i].text("code"),
               .node = rows[i].text("node"),
               .person = rows[i].text("person"),
               .at = Instant{rows[i].int64("at")}};
    if (!rows[i].is_null("application")) {
      one.application = TRY(parse_json(rows[i].text("application")));
    }
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace anlan::engine
