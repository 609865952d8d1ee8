#pragma once
// The one lane on which anything is written, and the pool of connections that read beside it.
// Inside the room only.

#include <functional>
#include <mutex>
#include <span>

#include "store/writer.h"

namespace anlan::store {

class WriteLane {
 public:
  WriteLane(std::unique_ptr<Connection> connection, Random& random)
      : connection_(std::move(connection)), random_(random) {}

  Dialect dialect() const { return connection_->dialect(); }
  Result<void> migrate(std::span<const Migration> migrations, Instant at);
  Result<std::vector<Result<void>>> commit_group(std::span<const Work> works);
  // A transaction of the store's own, without a change log: keys and tree heads.
  Result<void> transact(const std::function<Result<void>(Connection&)>& work);

 private:
  Result<Result<void>> run_work(const Work& work, WritePosition& position);

  std::mutex mutex_;
  std::unique_ptr<Connection> connection_;
  Random& random_;
  WritePosition position_{};  // as of the last commit; checked against the database each time
};

// 32 readers are more than any server here has threads; each costs PostgreSQL a process.
inline constexpr std::size_t kReadersMax = 32;

class ReaderPool {
 public:
  using Open = std::function<Result<std::unique_ptr<Connection>>()>;

  explicit ReaderPool(Open open) : open_(std::move(open)) {}
  ~ReaderPool();
  // Overloaded when kReadersMax snapshots are out. The View must not outlive the pool.
  Result<std::unique_ptr<View>> snapshot();
  // After a migration: readers prepared their statements against other columns.
  void drop_idle();

 private:
  friend class SnapshotView;

  Result<std::unique_ptr<Connection>> begun();
  void give_back(std::unique_ptr<Connection> connection);

  std::mutex mutex_;
  Open open_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t lent_ = 0;
};

}  // namespace anlan::store
