#include "access/identity_link.h"

#include <utility>

#include "access/login_parts.h"
#include "access/tables.h"
#include "core/check.h"

namespace anlan::access {
namespace {

using store::Rows;

struct Found {
  std::optional<PersonId> person{};
  bool is_new = false;
};

Result<std::optional<PersonId>> linked(store::View& view, const Identity& identity) {
  Rows rows =
      TRY(view.query({"SELECT l.person_id FROM identity_link l JOIN person p ON p.id = l.person_id "
                      "WHERE l.issuer = ? AND l.subject = ? AND p.state = 'active'",
                      {identity.issuer, identity.subject}}));
  if (rows.empty()) return std::nullopt;
  return TRY(PersonId::parse(rows[0].text("person_id")));
}

Result<Found> person_of(store::View& view, const Identity& identity) {
  auto known = TRY(linked(view, identity));
  if (known) return Found{.person = known};
  if (identity.login.empty()) return Found{};
  auto person = TRY(find_login(view, identity.login));
  if (!person || person->state != "active") return Found{};
  // A name that the provider gave to somebody else must not open the first one's account.
  Rows other = TRY(view.query({"SELECT id FROM identity_link WHERE issuer = ? AND person_id = ?",
                               {identity.issuer, person->id.text()}}));
  if (!other.empty()) return Found{};
  return Found{.person = person->id, .is_new = true};
}

}  // namespace

Result<LoginResult> login_by_provider(const Desk& desk, const ProviderLogin& command,
                                      const SessionRules& rules) {
  CHECK(command.token.size() >= kTokenCharsMin, "a session token comes from random_token");
  CHECK(!command.identity.subject.empty(), "an identity comes from identity_of");
  TRY(check_client(command.client));
  Found found = TRY(person_of(desk.view, command.identity));
  Entrant entrant{.login = command.identity.login,
                  .person = found.person,
                  .client = command.client,
                  .address = command.address,
                  .token = command.token,
                  .way = "provider"};
  if (!found.person) return refuse_entry(desk, entrant, ErrorCode::Forbidden, {});
  LoginResult result = TRY(command.is_second_done ? open_session(desk, entrant, rules)
                                                  : let_in(desk, entrant, rules));
  if (!found.is_new) return result;
  result.change.rows.push_back(
      hidden(insert_row("identity_link", {"id", format_uuid(desk.ids.next())},
                        {{"issuer", command.identity.issuer},
                         {"subject", command.identity.subject},
                         {"person_id", found.person->text()},
                         {"created_at", desk.now.ns}})));
  result.change.detail.set("is_linked", true);
  return result;
}

Result<store::Change> unlink(const Desk& desk, PersonId person) {
  Person found = TRY(find_person(desk.view, person));
  store::Change change = change_of(desk, "identity.unlink", "person", found.id.text());
  TRY(end_links(desk, person, change));
  if (change.rows.empty()) return refuse(ErrorCode::WrongState, "no account of a provider");
  TRY(end_rows(desk.view, {"SELECT id FROM session WHERE person_id = ?", {person.text()}},
               "session", change));
  return change;
}

Result<void> end_links(const Desk& desk, PersonId person, store::Change& change) {
  return end_rows(desk.view, {"SELECT id FROM identity_link WHERE person_id = ?", {person.text()}},
                  "identity_link", change);
}

}  // namespace anlan::access
