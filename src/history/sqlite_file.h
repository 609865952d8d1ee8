#pragma once
// A connection to the SQLite file of this room and the statements that are kept on it. One thread
// at a time. Inside the room only.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "history/table_file.h"

struct sqlite3;
struct sqlite3_stmt;

namespace anlan::history {

class SqliteFile final : public TableFile {
 public:
  SqliteFile() = default;
  ~SqliteFile() override;
  SqliteFile(const SqliteFile&) = delete;
  SqliteFile& operator=(const SqliteFile&) = delete;

  Result<void> open(const std::string& path, bool sync);

  Result<void> begin() override;
  Result<void> commit() override;
  void roll_back() override;

  Result<void> run(const char* text);
  // Whether there is a row. One that has no more, or failed, is reset.
  Result<bool> step(sqlite3_stmt* statement);
  // Of one that writes.
  Result<void> finish(sqlite3_stmt* statement);

  Result<int64_t> number_of(std::string_view name);
  Result<void> set_number(std::string_view name, int64_t value);

  sqlite3* handle() const { return db_; }
  std::unexpected<Error> failed();

 private:
  sqlite3* db_ = nullptr;
  std::vector<sqlite3_stmt*> numbers_ = {nullptr, nullptr};
  Result<sqlite3_stmt*> number_statement(std::size_t which);
};

// Statements that are prepared when they are first asked for. Ends before its file does.
class Statements {
 public:
  Statements(SqliteFile& file, std::span<const char* const> texts)
      : file_(file), texts_(texts), prepared_(texts.size()) {}
  ~Statements();
  Statements(const Statements&) = delete;
  Statements& operator=(const Statements&) = delete;

  // Reset, ready to be bound.
  Result<sqlite3_stmt*> get(std::size_t which);

 private:
  SqliteFile& file_;
  std::span<const char* const> texts_;
  std::vector<sqlite3_stmt*> prepared_;
};

int64_t int64_of(sqlite3_stmt* statement, int column);
std::string_view blob_of(sqlite3_stmt* statement, int column);
// Not copied: they live until the statement is through.
void bind_blob(sqlite3_stmt* statement, int place, std::string_view bytes);
void bind_text(sqlite3_stmt* statement, int place, std::string_view text);

}  // namespace anlan::history
