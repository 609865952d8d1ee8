#pragma once
// The deployed flows and decisions, by id and version. A running case keeps the versions it began
// with (architecture.md, invariant 6).

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "flow/model.h"
#include "rules/rules.h"

namespace anlan::flow {

class Library {
 public:
  void add_model(std::string id, int64_t version, Model model);
  void add_decision(std::string id, int64_t version, rules::Model model);  // id: the DMN file's id
  struct Versioned {
    const Model* model = nullptr;
    int64_t version = 0;
  };
  Versioned newest(std::string_view id) const;  // null model if there is none
  // Ids of all flows.
  std::vector<std::string> models() const;
  // Whether a case of any version may wait for what its record says.
  bool watches_records(std::string_view id) const;
  const Model* model(std::string_view id, int64_t version) const;
  // The newest decision model at the case's start is pinned by the case: version 0 means newest.
  const rules::Model* decision(std::string_view id, int64_t version) const;
  int64_t newest_decision(std::string_view id) const;  // 0 if there is none
  struct Decision {
    std::string_view id;  // "file/decision", or "file" where it holds one or one of its own name
    int64_t version = 0;
  };
  // NotFound for a file or a decision that is not deployed.
  Result<rules::Outcome> decide(const Decision& decision, const rules::Context& inputs,
                                const rules::Environment& environment) const;
  // Calendars have no versions: a holiday that is announced moves what is planned from then on.
  void set_calendars(rules::Calendars calendars) { calendars_ = std::move(calendars); }
  const rules::Calendars& calendars() const { return calendars_; }

 private:
  std::map<std::string, std::map<int64_t, Model>, std::less<>> models_;
  std::map<std::string, std::map<int64_t, rules::Model>, std::less<>> decisions_;
  rules::Calendars calendars_;
};

}  // namespace anlan::flow
