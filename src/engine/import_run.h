#pragma once
// The rows of one import, one after the other in one transaction: all of them or none. A dry run
// does the same and takes it back, so that what it shows is what would happen.

#include <memory>
#include <set>
#include <string>

#include "engine/execute.h"

namespace anlan::engine {

// Beside the form's fields a row may have
//   "as_history": true    a case that ended long ago: no flow begins; only for who administers
//   "state"               of such a row, "closed" where it is missing
//   "reported_at"         of such a row: when it was found
//   "retired"             of a source or tag that is there: true out of use, false back into it
//   "retire_reason"       of such a row
class ImportRun {
 public:
  ImportRun(Execution& execution, const records::Form& form);
  ~ImportRun();

  Result<Json> run(const Json& rows, bool is_dry_run);

 private:
  struct Row {
    std::size_t number = 0;  // from 1
    Json fields{};
    bool is_history = false;
    std::string state{};
    Instant reported{};
    std::optional<bool> retired{};
    std::string reason{};
  };

  Result<Row> read(std::size_t number, const Json& given);
  Result<void> check_history(const Row& row);
  Result<void> check_old_number(const Row& row);
  Result<RecordId> put_out_or_make(const Row& row, const Json::Array& rows);
  Result<RecordId> make(const Row& row);
  Result<void> read_retired(Json& cells, Row& row);
  Result<TagNeeds*> needs(const Json::Array& rows);
  // Nothing: the row is of something new.
  Result<std::optional<RecordId>> put_out(const Row& row, const Json::Array& rows);
  Result<RecordId> make_history(const Row& row);
  Result<void> show(const Row& row, RecordId id);
  Result<void> note(std::size_t rows);
  Json refused(std::size_t number, const Json& given, const Error& error);

  Execution& execution_;
  const records::Form& form_;
  bool is_administered_ = false;   // by somebody who may bring what has no photos
  std::set<std::string> numbers_;  // of the old ledger, in this file
  Json shown_ = Json::array();
  std::unique_ptr<TagNeeds> needs_;  // unique: made when the first row asks
  int64_t history_ = 0;
};

}  // namespace anlan::engine
