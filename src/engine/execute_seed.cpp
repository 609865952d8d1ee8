// The demo plant.

#include "engine/execute.h"
#include "engine/import.h"

namespace anlan::engine {

Result<Json> Execution::execute(const SeedPlant& what) {
  TRY(must_be_empty());
  TRY(write_setting("plant_name", what.seed["plant"]));
  TRY(write_setting("demo", what.seed["show"]));
  for (const Json& unit : what.seed["units"].as_array()) TRY(create_unit(unit));
  for (const Json& person : what.seed["people"].as_array()) {
    Json row = person;
    row.set("must_change_password", false);
    TRY(create_person(row, what.password_hash));
  }
  // The last person is the administrator: master data is created with that person's rights.
  std::string admin_login = what.seed["people"].as_array().back().text_or("login", "");
  auto admin = TRY(access::find_login(transaction_, admin_login));
  if (!admin) return refuse(ErrorCode::BadPack, "the seed has no administrator");
  Command as_admin{.by = TRY(access::subject_of(transaction_, admin->id)), .what = {}};
  const Command* before = command_;
  command_ = &as_admin;
  for (const Json& records : what.seed["records"].as_array()) {
    const records::Form* form = TRY(form_of(records.text_or("form", "")));
    for (const Json& row : records["rows"].as_array()) {
      Json fields = TRY(resolve_codes(transaction_, around_.packs.forms, *form, row));
      TRY(create_one(*form, fields, std::nullopt));
    }
  }
  command_ = before;
  return Json::object();
}

}  // namespace anlan::engine
