#pragma once
// Everything that can change anything, as data. A command carries who asks and an idempotency key;
// the same key with the same command answers again what it answered first.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "access/access.h"
#include "core/json.h"
#include "records/records.h"

namespace anlan::engine {

struct CreateRecord {
  std::string form;
  std::optional<RecordId> id{};
  Json fields;
};
struct UpdateRecord {
  std::string form;
  RecordId id;
  int64_t version = 0;
  Json fields;
};
struct ImportRecords {
  std::string form;
  Json rows;  // list of field objects
  bool is_dry_run = true;
};
struct CommentRecord {
  std::string form;
  RecordId id;
  std::string text;
};
struct ClaimTask {
  TaskId task;
};
struct UnclaimTask {
  TaskId task;
};
struct CompleteTask {
  TaskId task;
  std::string outcome;
  std::string comment;
  Json fields;
  std::optional<int64_t> version{};  // of the record as the person saw it
};
struct ReturnTask {
  TaskId task;
  std::string to;
  std::string comment;
};
struct RegisterFile {
  records::FileInfo file;
};
struct ReadNotice {
  std::string id;
};
struct Login {
  access::LoginCommand command;
};
struct Logout {};
struct ChangePassword {
  std::string new_hash;
};
struct SetLanguage {
  std::string language;  // "zh", "en"
};
struct Touch {};
struct CreateToken {
  std::string name;
  std::string token;  // fresh
  int64_t days = 90;
};
struct RevokeToken {
  std::string id;
};
struct ImportOrg {
  Json units;
  bool is_dry_run = true;
};
struct ImportPeople {
  Json people;                      // as in docs/formats/http.md
  std::vector<std::string> hashes;  // of the first passwords, same order; "" where none
  bool is_dry_run = true;
};
struct SetUp {
  LocalText plant_name;
  std::string plant_code;
  std::string admin_login;
  std::string admin_name;
  std::string admin_hash;
};

// The demo plant, at once; only while there is nobody.
struct SeedPlant {
  Json seed;                  // anlan.seed/1
  std::string password_hash;  // of the one published password
};

using What = std::variant<CreateRecord, UpdateRecord, ImportRecords, CommentRecord, ClaimTask,
                          UnclaimTask, CompleteTask, ReturnTask, RegisterFile, ReadNotice, Login,
                          Logout, ChangePassword, SetLanguage, Touch, CreateToken, RevokeToken,
                          ImportOrg, ImportPeople, SetUp, SeedPlant>;

struct Command {
  access::Subject by{};
  std::string key{};          // idempotency key; empty for none
  std::string fingerprint{};  // SHA-256 of the request, hex: a key must not serve two requests
  What what;
};

// Answers: CreateRecord, UpdateRecord, CompleteTask, ReturnTask -> {"record"}; ClaimTask,
// UnclaimTask -> {"task"}; Import... -> {"accepted","refused"}; Login -> {"session","person"};
// CreateToken -> {"id"}; all others -> {}.

}  // namespace anlan::engine
