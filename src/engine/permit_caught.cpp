#include "engine/permit_caught.h"

namespace anlan::engine {
namespace {

constexpr int64_t kCaughtMax = 100'000;  // of one window

}  // namespace

std::optional<Caught> caught_by(const Error& refusal) {
  auto params = parse_json(refusal.params);
  if (refusal.params.empty() || !params || !(*params)["guard"].is_text()) return std::nullopt;
  auto permit = RecordId::parse(params->text_or("guarded", ""));
  if (!permit) return std::nullopt;
  return Caught{.permit = *permit,
                .guard = params->text_or("guard", ""),
                .code = std::string(error_text(refusal.code).code),
                .node = params->text_or("node", "")};
}

Result<void> write_caught(const Execution::Around& around, store::Transaction& transaction,
                          const Command& command, const Caught& caught) {
  const records::Form* form = around.packs.forms.find("permit");
  if (form == nullptr) return {};
  auto state = records::state_of(transaction, *form, caught.permit);
  if (!state && state.error().code == ErrorCode::NotFound) return {};
  if (!state) return std::unexpected(state.error());
  if (state->empty()) return {};
  store::Change change{.actor = command.by.actor,
                       .act = "permit.caught",
                       .subject_kind = "permit",
                       .subject_id = caught.permit.text(),
                       .at = around.now};
  change.detail =
      Json::object({{"guard", caught.guard}, {"code", caught.code}, {"node", caught.node}});
  change.rows.push_back({.kind = store::RowChange::Kind::Insert,
                         .table = "permit_caught",
                         .key = {{"id", format_uuid(around.ids.next())}},
                         .cells = {{"permit", caught.permit.text()},
                                   {"guard", caught.guard},
                                   {"code", caught.code},
                                   {"node", caught.node},
                                   {"person", command.by.person.text()},
                                   {"at", around.now.ns}}});
  return transaction.apply(change);
}

Result<std::vector<Caught>> caught_within(store::View& view, Instant from, Instant to) {
  auto rows =
      TRY(view.query({"SELECT permit, guard, code, node FROM permit_caught WHERE at >= ? AND at < ?"
                      " ORDER BY at, id LIMIT ?",
                      {from.ns, to.ns, kCaughtMax}}));
  std::vector<Caught> all;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    all.push_back({.permit = TRY(RecordId::parse(rows[i].text("permit"))),
                   .guard = rows[i].text("guard"),
                   .code = rows[i].text("code"),
                   .node = rows[i].text("node")});
  }
  return all;
}

}  // namespace anlan::engine
