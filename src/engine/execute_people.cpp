// Commands on sessions, people and the organisation.

#include <algorithm>

#include "engine/execute.h"

namespace anlan::engine {
namespace {

// "team_leader@T11;worker@T11" with codes of units; a role without a unit holds for all.
Result<std::vector<access::Grant>> parse_grants(std::string_view text,
                                                const std::vector<access::OrgUnit>& units,
                                                const Json& roles) {
  std::vector<access::Grant> grants;
  for (std::string_view part : split(text, ';')) {
    part = trim(part);
    if (part.empty()) continue;
    std::size_t at = part.find('@');
    std::string role(trim(part.substr(0, at)));
    bool is_role =
        roles.is_array() && std::ranges::any_of(roles.as_array(), [&](const Json& known) {
          return known["id"] == Json(role);
        });
    if (!is_role) return refuse(ErrorCode::BadField, "unknown role " + role, "roles");
    if (at == std::string_view::npos) {
      grants.push_back({role, "/"});
      continue;
    }
    std::string code(trim(part.substr(at + 1)));
    auto unit = std::ranges::find(units, code, &access::OrgUnit::code);
    if (unit == units.end()) return refuse(ErrorCode::BadField, "unknown unit " + code, "roles");
    grants.push_back({role, unit->path});
  }
  return grants;
}

}  // namespace

Json refused_row(std::size_t row, const Error& error) {
  const ErrorText& text = error_text(error.code);
  Json refused = Json::object(
      {{"row", static_cast<int64_t>(row)},
       {"field", error.field},
       {"code", text.code},
       {"detail", error.detail},
       {"message", Json::object({{"zh", error.message_zh.empty() ? text.zh : error.message_zh},
                                 {"en", error.message_en.empty() ? text.en : error.message_en}})}});
  if (auto params = parse_json(error.params)) refused.set("params", std::move(*params));
  return refused;
}

Json Execution::finish_import(std::size_t rows, Json refused, bool is_dry_run) {
  std::size_t bad = refused.as_array().size();
  is_taken_back_ = is_dry_run || bad != 0;
  int64_t accepted = bad == 0 ? static_cast<int64_t>(rows) : 0;
  return Json::object({{"accepted", accepted}, {"refused", std::move(refused)}});
}

Result<Json> Execution::execute(const Login& what) {
  return enter(TRY(access::login(desk(), what.command, around_.config.sessions)));
}

Result<Json> Execution::execute(const Logout&) {
  TRY(transaction_.apply(TRY(access::logout(desk(), command_->by.session))));
  return Json::object();
}

Result<Json> Execution::execute(const ChangePassword& what) {
  TRY(transaction_.apply(TRY(access::change_password(desk(), command_->by.person, what.new_hash))));
  return Json::object();
}

Result<Json> Execution::execute(const SetLanguage& what) {
  if (what.language != "zh" && what.language != "en") {
    return refuse(ErrorCode::BadField, "zh or en", "language");
  }
  auto change = TRY(access::set_language(desk(), command_->by.person, what.language));
  TRY(transaction_.apply(change));
  return Json::object();
}

Result<Json> Execution::execute(const Touch&) {
  auto change = TRY(access::touch(desk(), command_->by.session));
  if (change) TRY(transaction_.apply(*change));
  return Json::object();
}

Result<Json> Execution::execute(const CreateToken& what) {
  if (what.days < 1 || what.days > 366) return refuse(ErrorCode::BadField, "1 to 366", "days");
  Instant expires = around_.now + Duration::days(what.days);
  auto change =
      TRY(access::create_token(desk(), command_->by.person, what.name, what.token, expires));
  std::string id = change.subject_id;
  TRY(transaction_.apply(change));
  return Json::object({{"id", id}});
}

Result<Json> Execution::execute(const RevokeToken& what) {
  TRY(transaction_.apply(TRY(access::revoke_token(desk(), what.id))));
  return Json::object();
}

Result<void> Execution::create_unit(const Json& row) {
  std::string code = TRY(row.text_at("code"));
  std::string kind = TRY(row.text_at("kind"));
  access::OrgUnit unit{.code = std::move(code),
                       .kind = std::move(kind),
                       .name = {row.text_or("name_zh", ""), row.text_or("name_en", "")},
                       .parent_code = row.text_or("parent_code", "")};
  if (unit.name.zh.empty()) return refuse(ErrorCode::MissingField, {}, "name_zh");
  if (unit.name.en.empty()) unit.name.en = unit.name.zh;
  return transaction_.apply(TRY(access::create_org(desk(), unit)));
}

Result<Json> Execution::execute(const ImportOrg& what) {
  TRY(require("org"));
  if (!what.units.is_array()) return refuse(ErrorCode::BadField, "a list of units", "units");
  const Json::Array& rows = what.units.as_array();
  if (rows.size() > limits::kImportRowsMax) return refuse(ErrorCode::LimitReached, {}, "units");
  Json refused = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto created = create_unit(rows[i]);
    if (created) continue;
    refused.push(refused_row(i + 1, created.error()));
    if (created.error().code == ErrorCode::StoreFailed) break;
  }
  return finish_import(rows.size(), std::move(refused), what.is_dry_run);
}

Result<void> Execution::create_person(const Json& row, std::string hash) {
  auto units = TRY(access::org_units(transaction_));
  std::string code = TRY(row.text_at("org_code"));
  auto unit = std::ranges::find(units, code, &access::OrgUnit::code);
  if (unit == units.end()) return refuse(ErrorCode::BadField, "unknown unit " + code, "org_code");
  std::string login = TRY(row.text_at("login"));
  std::string name = TRY(row.text_at("name"));
  auto grants = TRY(parse_grants(row.text_or("roles", ""), units, around_.packs.policy.roles()));
  access::NewPerson person{.person = {.login = lower_ascii(trim(login)),
                                      .name = std::string(trim(name)),
                                      .org_path = unit->path,
                                      .phone = row.text_or("phone", ""),
                                      .state = "active",
                                      .language = row.text_or("language", "zh")},
                           .password_hash = std::move(hash),
                           .grants = std::move(grants),
                           .must_change_password = row.bool_or("must_change_password", true)};
  return transaction_.apply(TRY(access::create_person(desk(), person)));
}

Result<Json> Execution::execute(const ImportPeople& what) {
  TRY(require("people"));
  if (!what.people.is_array()) return refuse(ErrorCode::BadField, "a list of people", "people");
  const Json::Array& rows = what.people.as_array();
  if (rows.size() > limits::kImportRowsMax) return refuse(ErrorCode::LimitReached, {}, "people");
  Json refused = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto created = create_person(rows[i], i < what.hashes.size() ? what.hashes[i] : "");
    if (created) continue;
    refused.push(refused_row(i + 1, created.error()));
    if (created.error().code == ErrorCode::StoreFailed) break;
  }
  return finish_import(rows.size(), std::move(refused), what.is_dry_run);
}

Result<void> Execution::write_setting(std::string_view name, const Json& value) {
  store::Change change{.actor = command_->by.actor,
                       .act = "setting.create",
                       .subject_kind = "setting",
                       .subject_id = std::string(name),
                       .at = around_.now};
  change.rows.push_back({.kind = store::RowChange::Kind::Insert,
                         .table = "setting",
                         .key = {{"name", std::string(name)}},
                         .cells = {{"value", write_json(value)}, {"version", int64_t{1}}}});
  return transaction_.apply(change);
}

Result<void> Execution::must_be_empty() {
  if (TRY(access::has_people(transaction_))) {
    return refuse(ErrorCode::WrongState, "the plant is set up already");
  }
  return {};
}

// The first person of all: only while there is nobody, so it needs no permission.
Result<Json> Execution::execute(const SetUp& what) {
  TRY(must_be_empty());
  if (what.plant_name.zh.empty()) return refuse(ErrorCode::MissingField, {}, "plant_name_zh");
  TRY(write_setting("plant_name",
                    Json::object({{"zh", what.plant_name.zh}, {"en", what.plant_name.en}})));
  Json unit = Json::object({{"code", what.plant_code},
                            {"kind", "company"},
                            {"name_zh", what.plant_name.zh},
                            {"name_en", what.plant_name.en},
                            {"parent_code", ""}});
  auto made = create_unit(unit);
  if (!made) {
    if (made.error().field == "code") made.error().field = "plant_code";
    return std::unexpected(made.error());
  }
  Json admin = Json::object({{"login", what.admin_login},
                             {"name", what.admin_name},
                             {"org_code", what.plant_code},
                             {"roles", "administrator@" + what.plant_code},
                             {"must_change_password", false}});
  TRY(create_person(admin, what.admin_hash));
  return Json::object();
}

}  // namespace anlan::engine
