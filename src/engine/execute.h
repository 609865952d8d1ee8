#pragma once
// One command inside the writer's transaction: access is asked, the deciders decide, their Changes
// are applied. Everything that one command does stands in one savepoint, so it happens whole or not
// at all. Only engine.cpp uses this.

#include "core/result.h"
#include "engine/commands.h"
#include "engine/engine.h"
#include "engine/packs.h"
#include "store/store.h"

namespace anlan::engine {

class Execution {
 public:
  struct Around {
    const Packs& packs;
    const Config& config;
    store::Blobs& blobs;
    IdMaker& ids;
    Instant now;
  };
  Execution(const Around& around, store::Transaction& transaction)
      : around_(around), transaction_(transaction) {}

  // A refusal here takes everything back. `refused_after_commit` of a log-in is not one: its log
  // entry must stay.
  Result<Json> run(const Command& command);
  std::optional<Error> refused_after_commit() const { return refused_after_commit_; }
  // A dry run, or an import with refused rows: the answer stands, the writes do not.
  bool is_taken_back() const { return is_taken_back_; }

  Result<void> fire_timer(const flow::DueTimer& timer);

 private:
  Result<Json> execute(const CreateRecord& what);
  Result<Json> execute(const UpdateRecord& what);
  Result<Json> execute(const ImportRecords& what);
  Result<Json> execute(const CommentRecord& what);
  Result<Json> execute(const ClaimTask& what);
  Result<Json> execute(const UnclaimTask& what);
  Result<Json> execute(const CompleteTask& what);
  Result<Json> execute(const ReturnTask& what);
  Result<Json> execute(const RegisterFile& what);
  Result<Json> execute(const ReadNotice& what);
  Result<Json> execute(const Login& what);
  Result<Json> execute(const Logout& what);
  Result<Json> execute(const ChangePassword& what);
  Result<Json> execute(const SetLanguage& what);
  Result<Json> execute(const Touch& what);
  Result<Json> execute(const CreateToken& what);
  Result<Json> execute(const RevokeToken& what);
  Result<Json> execute(const ImportOrg& what);
  Result<Json> execute(const ImportPeople& what);
  Result<Json> execute(const SetUp& what);
  Result<Json> execute(const SeedPlant& what);

  Result<std::optional<Json>> earlier_answer(const Command& command);
  Result<void> keep_answer(const Command& command, const Json& answer);
  Result<const records::Form*> form_of(std::string_view id);
  Result<RecordId> create_one(const records::Form& form, const Json& fields,
                              std::optional<RecordId> id);
  // What the flow decided: its rows, the record's patch and the notices, as one Change.
  Result<void> finish_step(const records::Form& form, RecordId id, flow::Step step);
  Result<void> require(std::string_view form);  // Administer on a pseudo-form
  Result<Json> answer_record(const records::Form& form, RecordId id);
  Result<Json> answer_task(TaskId id);
  Result<void> create_person(const Json& row, std::string hash);
  Result<void> create_unit(const Json& row);
  Result<void> must_be_empty();
  Result<void> write_setting(std::string_view name, const Json& value);
  Json finish_import(std::size_t rows, Json refused, bool is_dry_run);
  access::Desk desk();
  flow::Around flow_around(Actor actor);
  records::Writing writing(Actor actor);

  Around around_;
  store::Transaction& transaction_;
  const Command* command_ = nullptr;
  std::optional<Error> refused_after_commit_;
  bool is_taken_back_ = false;
};

// One refused row of an import, as the answer shows it; rows count from 1.
Json refused_row(std::size_t row, const Error& error);

}  // namespace anlan::engine
