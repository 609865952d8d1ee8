#pragma once
// BlockFile in PostgreSQL. Inside the room only.

#include "history/block_file.h"
#include "history/postgres_file.h"

namespace anlan::history {

class PostgresBlocks final : public BlockFile {
 public:
  explicit PostgresBlocks(PostgresFile& file) : file_(file) {}

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
  PostgresFile& file_;
  std::string blob_;  // of newest()
};

}  // namespace anlan::history
