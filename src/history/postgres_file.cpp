#include "history/postgres_file.h"

namespace anlan::history {

Result<void> PostgresFile::open(const std::string& connect, bool sync) {
  tables_ = TRY(store::OwnTables::open(connect, sync));
  return run(
      "CREATE TABLE IF NOT EXISTS history_number (name text PRIMARY KEY, value bigint NOT NULL)");
}

Result<void> PostgresFile::begin() {
  TRY(tables_->begin());
  is_begun_ = true;
  return {};
}

Result<void> PostgresFile::commit() {
  is_begun_ = false;
  return tables_->commit();
}

void PostgresFile::roll_back() {
  is_begun_ = false;
  tables_->roll_back();
}

Result<store::Rows> PostgresFile::ask(const store::Sql& sql) {
  return is_begun_ ? tables_->query(sql) : tables_->read(sql);
}

Result<int64_t> PostgresFile::number_of(std::string_view name) {
  store::Rows rows =
      TRY(ask({"SELECT value FROM history_number WHERE name = ?", {std::string(name)}}));
  return rows.empty() ? 0 : rows[0].int64("value");
}

Result<void> PostgresFile::set_number(std::string_view name, int64_t value) {
  return write(
      {"INSERT INTO history_number (name, value) VALUES (?, ?)"
       " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
       {std::string(name), value}});
}

}  // namespace anlan::history
