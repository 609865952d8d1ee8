#pragma once
// A backup is a folder: the database as it was at one moment, attachments, samples, sealed secrets,
// and a manifest with the SHA-256 of every file (docs/formats/backup.md).

#include <functional>
#include <string>

#include "core/json.h"
#include "core/random.h"
#include "core/result.h"
#include "core/time.h"

namespace anlan::app {

struct BackupWish {
  std::string data;          // the server's folder; it may run meanwhile
  std::string database;      // as in store::Config
  std::string into;          // holds a folder for each backup
  std::string passphrase{};  // empty: secrets are left out
  std::size_t keep = 0;      // how many whole backups stay; 0: all
  Clock& clock;
  Random& random;
};
struct BackupDone {
  std::string folder;
  int64_t log_size = 0;
  int64_t files = 0;
  int64_t bytes = 0;
  bool has_secrets = false;
};
Result<BackupDone> make_backup(const BackupWish& wish);

struct RestoreWish {
  std::string from;  // one backup
  std::string data;  // must not be there, or be empty
  std::string database;
  std::string passphrase{};
  Json known_head{};  // a head that was kept elsewhere; null: none
};
struct RestoreDone {
  int64_t log_size = 0;
  bool has_secrets = false;
};
// ProofInvalid: damaged, or not what the known head speaks of; WrongState: the place is taken.
// Nothing stays of a restore that was refused.
Result<RestoreDone> restore_backup(const RestoreWish& wish);

}  // namespace anlan::app
