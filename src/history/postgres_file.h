#pragma once
// The tables of this room in the plant's PostgreSQL, named history_... there. Inside the room only.

#include <memory>
#include <string>

#include "history/table_file.h"
#include "store/own_tables.h"

namespace anlan::history {

class PostgresFile final : public TableFile {
 public:
  Result<void> open(const std::string& connect, bool sync);

  Result<void> begin() override;
  Result<void> commit() override;
  void roll_back() override;
  bool is_doubtful() override { return tables_->is_new_connection(); }

  // In the transaction where there is one, else in one of its own.
  Result<store::Rows> ask(const store::Sql& sql);
  // Inside a transaction; a refusal may come with a later call.
  Result<void> write(const store::Sql& sql) { return tables_->write(sql); }
  Result<void> write_one(const store::Sql& sql) { return tables_->write_one(sql); }
  Result<void> run(std::string_view text) { return tables_->run(text); }

  Result<int64_t> number_of(std::string_view name);
  Result<void> set_number(std::string_view name, int64_t value);

 private:
  std::unique_ptr<store::OwnTables> tables_;
  bool is_begun_ = false;
};

}  // namespace anlan::history
