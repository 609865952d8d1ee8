#pragma once
// For how long what a tag told is kept: its own days, else those of its class (form
// `retention_class`), else the plant's. The table `retention` says which class it is of, and what
// the law asks for.

#include <map>
#include <optional>
#include <string>

#include "engine/guards.h"
#include "history/history.h"

namespace anlan::engine {

// What the law asks for; never what is set.
struct RetentionFloor {
  int64_t days = 0;  // of samples
  std::string from;  // the day from which it holds
  std::string mark;  // docs/formats/permit.md, "Marks"
  LocalText source;
};

class RetentionTable {
 public:
  // Reads the records of `retention_class`; rules that can't be asked are BadModel.
  static Result<RetentionTable> read(store::View& view, const Packs& packs, Instant now);

  // `tag` has the members purpose, keep_class and keep_*_days. Sums last at least as long as what
  // they are of.
  Result<history::Retention> of(const Json& tag);
  Result<std::string> class_of(const Json& tag);
  const RetentionFloor* floor_of(const std::string& of_class) const;

 private:
  RetentionTable(const Packs& packs, Instant now) : packs_(&packs), now_(now) {}
  Result<void> read_floors();

  const Packs* packs_;
  Instant now_;
  std::map<std::string, Json> classes_;           // by code
  std::map<std::string, RetentionFloor> floors_;  // by class
  std::map<std::string, std::string> known_;      // purpose -> class
};

// Of the forms `tag` and `retention_class`: fewer days than the law asks for are refused at the
// field (CheckFailed), with the source.
Result<Json> guard_retention(const GuardCall& call);

}  // namespace anlan::engine
