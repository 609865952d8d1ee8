#include "flow/delegation.h"

#include <algorithm>

#include "core/text.h"

namespace anlan::flow {

namespace {

constexpr std::size_t kDelegationsMax = 20;  // of one person, that are not over
constexpr std::size_t kReasonCharsMax = 200;
constexpr Duration kLongest = Duration::days(366);

struct Row {
  std::string id;
  PersonId person{};
  Delegation what;
};

Result<std::vector<Row>> read_all(store::View& view) {
  store::Rows rows = TRY(view.query({"SELECT * FROM flow_delegation ORDER BY id"}));
  std::vector<Row> all;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    store::Row row = rows[i];
    Row made{.id = row.text("id"),
             .person = TRY(PersonId::parse(row.text("person"))),
             .what = {.deputy = TRY(PersonId::parse(row.text("deputy"))),
                      .forms = {},
                      .from = {row.int64("begins")},
                      .until = {row.int64("until")},
                      .reason = row.text("reason")}};
    Json forms = TRY(parse_json(row.text("forms")));
    for (const Json& form : forms.as_array()) made.what.forms.push_back(form.as_text());
    all.push_back(std::move(made));
  }
  return all;
}

// shared: whoever reads it keeps it while the next one is made
Result<std::shared_ptr<const std::vector<Row>>> known(store::View& view) {
  return store::remembered<std::vector<Row>>(view, "flow.delegations", {"flow_delegation"},
                                             [&] { return read_all(view); });
}

Json forms_json(const std::vector<std::string>& forms) {
  Json all = Json::array();
  for (const std::string& form : forms) all.push(form);
  return all;
}

store::Change change_of(const access::Desk& desk, std::string act, const std::string& id) {
  return {.actor = desk.actor,
          .act = std::move(act),
          .subject_kind = "delegation",
          .subject_id = id,
          .at = desk.now};
}

Result<void> check(const access::Desk& desk, PersonId person, const Delegation& delegation) {
  auto deputy = access::find_person(desk.view, delegation.deputy);
  bool is_fit = deputy && deputy->state == "active" && delegation.deputy != person;
  if (!is_fit) return refuse(ErrorCode::BadField, "nobody else of this plant", "deputy");
  bool is_period = delegation.from < delegation.until && delegation.until > desk.now &&
                   delegation.until - delegation.from <= kLongest;
  if (!is_period) return refuse(ErrorCode::BadField, "a period of at most a year", "until");
  if (!is_utf8(delegation.reason) || count_chars(delegation.reason) > kReasonCharsMax) {
    return refuse(ErrorCode::BadField, "at most 200 characters", "reason");
  }
  auto all = TRY(known(desk.view));
  auto own = std::ranges::count_if(
      *all, [&](const Row& row) { return row.person == person && row.what.until > desk.now; });
  if (static_cast<std::size_t>(own) < kDelegationsMax) return {};
  return refuse(ErrorCode::LimitReached, "too many delegations");
}

}  // namespace

Result<Delegated> set_delegation(const access::Desk& desk, PersonId person,
                                 const Delegation& delegation) {
  TRY(check(desk, person, delegation));
  std::string id = format_uuid(desk.ids.next());
  store::Change change = change_of(desk, "delegation.set", id);
  change.rows.push_back({.table = "flow_delegation",
                         .key = {{"id", id}},
                         .cells = {{"person", person.text()},
                                   {"deputy", delegation.deputy.text()},
                                   {"forms", write_json(forms_json(delegation.forms))},
                                   {"begins", delegation.from.ns},
                                   {"until", delegation.until.ns},
                                   {"reason", delegation.reason},
                                   {"created", desk.now.ns}}});
  return Delegated{std::move(change), std::move(id)};
}

Result<store::Change> end_delegation(const access::Desk& desk, PersonId person,
                                     std::string_view id) {
  auto all = TRY(known(desk.view));
  auto found = std::ranges::find(*all, id, &Row::id);
  bool is_own = found != all->end() && found->person == person;
  if (!is_own || found->what.until <= desk.now) return refuse(ErrorCode::NotFound, "delegation");
  store::Change change = change_of(desk, "delegation.end", found->id);
  change.rows.push_back({.kind = store::RowChange::Kind::Update,
                         .table = "flow_delegation",
                         .key = {{"id", found->id}},
                         .cells = {{"until", desk.now.ns}}});
  return change;
}

Result<Json> delegations_of(store::View& view, PersonId person, Instant now) {
  auto all = TRY(known(view));
  Json rows = Json::array();
  for (const Row& row : *all) {
    bool is_meant = row.person == person || row.what.deputy == person;
    if (!is_meant || row.what.until <= now) continue;
    rows.push(Json::object({{"id", row.id},
                            {"person", row.person.text()},
                            {"deputy", row.what.deputy.text()},
                            {"forms", forms_json(row.what.forms)},
                            {"from", format_instant(row.what.from)},
                            {"until", format_instant(row.what.until)},
                            {"reason", row.what.reason}}));
  }
  return rows;
}

Result<std::optional<PersonId>> delegate_of(store::View& view, PersonId person,
                                            std::string_view form, Instant now) {
  auto all = TRY(known(view));
  for (const Row& row : *all) {
    bool is_now = row.person == person && row.what.from <= now && now < row.what.until;
    bool is_form = row.what.forms.empty() || std::ranges::contains(row.what.forms, form);
    if (is_now && is_form) return row.what.deputy;
  }
  return std::nullopt;
}

}  // namespace anlan::flow
