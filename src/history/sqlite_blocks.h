#pragma once
// BlockFile in a file of SQLite (docs/formats/history.md). Inside the room only.

#include "history/block_file.h"
#include "history/sqlite_file.h"

namespace anlan::history {

class SqliteBlocks final : public BlockFile {
 public:
  explicit SqliteBlocks(SqliteFile& file);

  Result<void> make_tables() override;

  Result<std::vector<std::string>> tags() override;
  Result<void> add_tag(TagIndex tag, std::string_view code) override;

  Result<uint64_t> forgotten() override;
  Result<std::vector<Flush>> flushes() override;
  Result<void> note_flush(const Flush& flush, uint64_t forgotten) override;
  Result<Totals> totals() override;
  Result<void> set_totals(const Totals& totals) override;

  Result<std::optional<StoredBlock>> newest(TagIndex tag, Instant up_to) override;
  Result<std::optional<Instant>> next_after(TagIndex tag, Instant at) override;
  Result<void> insert(TagIndex tag, const StoredBlock& block, Stay stay) override;
  Result<void> remove(TagIndex tag, const StoredBlock& block) override;
  Result<void> set_aside(TagIndex tag, const StoredBlock& block) override;
  Result<Totals> remove_before(TagIndex tag, Instant before) override;

  Result<void> each(TagIndex tag, Instant from, Instant to, const OnBlock& on_block) override;

  Result<std::vector<StoredBlock>> begun_in(TagIndex tag, Instant from, Instant to,
                                            std::vector<std::string>& blobs) override;

 private:
  enum Statement : std::size_t;

  SqliteFile& file_;
  Statements statements_;
  std::string blob_;  // of newest()
};

}  // namespace anlan::history
