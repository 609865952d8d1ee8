#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "api/handlers.h"
#include "core/base64.h"
#include "core/check.h"

namespace anlan::api {
namespace {

// 40 ms each, two at a time: three hundred first passwords take some seconds.
constexpr std::size_t kFirstPasswordsMax = 300;

std::string query_text(const Call& call, std::string_view name) {
  auto found = call.query.find(name);
  return found == call.query.end() ? std::string{} : found->second;
}

// The same request gives the same token, so that a repeated one is answered truly, and nobody
// stores the text.
std::string token_text(const Services& at, const Call& call) {
  std::string from =
      call.by.person.text() + "\n" + std::string(call.request.header("idempotency-key"));
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  const auto* data = reinterpret_cast<const unsigned char*>(from.data());
  const unsigned char* made =
      HMAC(EVP_sha256(), at.secret.data(), static_cast<int>(at.secret.size()), data, from.size(),
           mac, &length);
  CHECK(made != nullptr && length == 32, "SHA-256 is always there");
  return "anlan_" + base64url({reinterpret_cast<const char*>(mac), length});
}

struct WeakRow {
  std::size_t row;
  Error error;
};

struct FirstPasswords {
  std::vector<std::string> hashes;
  std::vector<WeakRow> weak;
};

// Judges all of them first; hashes only when all are good and it is meant seriously.
Result<FirstPasswords> first_passwords(const Services& at, const Call& call, bool is_dry_run) {
  FirstPasswords out;
  const Json::Array& people = call.body["people"].as_array();
  std::size_t count = 0;
  for (std::size_t i = 0; i < people.size(); ++i) {
    std::string password = people[i].text_or("first_password", "");
    if (password.empty()) continue;
    std::string login = people[i].text_or("login", "");
    auto judged = access::check_password_strength(password, login, at.config.sessions);
    if (!judged) out.weak.push_back({.row = i, .error = std::move(judged).error()});
    ++count;
  }
  out.hashes.resize(people.size());
  if (is_dry_run || !out.weak.empty()) return out;
  if (count > kFirstPasswordsMax) {
    return refuse(ErrorCode::LimitReached, "first passwords in one request", "people");
  }
  for (std::size_t i = 0; i < people.size(); ++i) {
    std::string password = people[i].text_or("first_password", "");
    if (!password.empty()) out.hashes[i] = TRY(access::hash_password(password));
  }
  return out;
}

void add_weak(Json& answer, const std::vector<WeakRow>& weak, const std::string& language) {
  Json refused = answer["refused"];
  for (const WeakRow& row : weak) {
    const ErrorText& text = error_text(row.error.code);
    refused.push(Json::object({{"row", static_cast<int64_t>(row.row)},
                               {"field", "first_password"},
                               {"code", text.code},
                               {"message", language == "en" ? text.en : text.zh}}));
  }
  answer.set("accepted", 0);
  answer.set("refused", std::move(refused));
}

}  // namespace

namespace handle {

Result<Json> org(Services& at, const Call& call) { return at.engine.org(call.by); }

Result<engine::What> import_org(Services&, const Call& call) {
  return engine::ImportOrg{.units = call.body["units"],
                           .is_dry_run = call.body.bool_or("dry_run", false)};
}

Result<Json> people(Services& at, const Call& call) {
  return at.engine.people(call.by, query_text(call, "org"), query_text(call, "q"),
                          query_text(call, "role"));
}

void import_people(Services& at, const CallPtr& call, Finish finish) {
  bool is_dry_run = call->body.bool_or("dry_run", false);
  Result<FirstPasswords> passwords = first_passwords(at, *call, is_dry_run);
  if (!passwords) return finish(std::unexpected(std::move(passwords).error()));
  // With a weak password nothing is written; the dry run still finds what else is wrong.
  bool only_looks = is_dry_run || !passwords->weak.empty();
  engine::ImportPeople what{.people = call->body["people"],
                            .hashes = std::move(passwords->hashes),
                            .is_dry_run = only_looks};
  at.engine.submit(command_of(*call, std::move(what)),
                   [call, weak = std::move(passwords->weak), finish](Result<Json> done) {
                     if (!done) return finish(std::unexpected(std::move(done).error()));
                     if (!weak.empty()) add_weak(*done, weak, call->language);
                     finish(json_answer(*done));
                   });
}

void set_up(Services& at, const CallPtr& call, Finish finish) {
  const Json& body = call->body;
  std::string login = body.text_or("admin_login", "");
  std::string password = body.text_or("admin_password", "");
  auto prepare = [&]() -> Result<engine::What> {
    // Told before the slow part, and engine asks again when it commits.
    if (!TRY(at.engine.is_empty())) return refuse(ErrorCode::WrongState, "somebody is there");
    TRY(access::check_password_strength(password, login, at.config.sessions));
    return engine::SetUp{
        .plant_name = {body.text_or("plant_name_zh", ""), body.text_or("plant_name_en", "")},
        .plant_code = body.text_or("plant_code", ""),
        .admin_login = login,
        .admin_name = body.text_or("admin_name", ""),
        .admin_hash = TRY(access::hash_password(password))};
  };
  Result<engine::What> what = prepare();
  if (!what) return finish(std::unexpected(std::move(what).error()));
  LoginWish wish{.login = login, .password = password, .client = "desk"};
  at.engine.submit(
      command_of(*call, std::move(*what)), [&at, call, wish, finish](Result<Json> done) {
        if (!done) return finish(std::unexpected(std::move(done).error()));
        at.pool.go_on([&at, call, wish, finish] { start_session(at, call, wish, finish); });
      });
}

Result<Json> roles(Services& at, const Call& call) { return at.engine.roles(call.by); }
Result<Json> tokens(Services& at, const Call& call) { return at.engine.tokens(call.by); }

void create_token(Services& at, const CallPtr& call, Finish finish) {
  std::string token = token_text(at, *call);
  engine::CreateToken what{.name = call->body.text_or("name", ""),
                           .token = token,
                           .days = call->body.int_or("days", 90)};
  at.engine.submit(command_of(*call, std::move(what)), [token, finish](Result<Json> done) {
    if (!done) return finish(std::unexpected(std::move(done).error()));
    finish(json_answer(Json::object({{"id", (*done)["id"]}, {"token", token}})));
  });
}

Result<engine::What> revoke_token(Services&, const Call& call) {
  return engine::RevokeToken{.id = call.params.at("id")};
}

}  // namespace handle
}  // namespace anlan::api
