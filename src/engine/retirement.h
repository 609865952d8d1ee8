#pragma once
// Sources and tags that were taken out of use: nobody reads them, no limit judges them, and what
// they told stays. A person says why, and may bring them back (docs/formats/sensing.md).

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/permits.h"

namespace anlan::engine {

class Engine;

struct Retired {
  std::string form;  // "source", "tag"
  RecordId id{};
  std::string code;
  bool is_out = true;  // false: it was brought back; by whom, when and why is said of that
  PersonId by{};
  Instant at{};
  std::string reason;
  int64_t version = 0;
};

bool can_retire(std::string_view form);
// What is out of use by itself, the newest first; tags of a retired source are not named.
Result<std::vector<Retired>> retired_now(store::View& view);
// The last that was said of it; nothing where it was never retired.
Result<std::optional<Retired>> retirement_of(store::View& view, std::string_view form, RecordId id);
Result<bool> is_retired(store::View& view, std::string_view form, std::string_view id);
// Differs whenever retired_now would answer something else.
Result<std::string> retirement_stamp(store::View& view);
// For whoever may list tags: {"rows":[{"form","id","code","by","by_name","at","reason"}]}.
Result<Json> retirements(Engine& engine, const access::Subject& by);

// What would miss a tag. Limits and permits are read once, for all tags that are asked for.
class TagNeeds {
 public:
  // `going` are the ids of tags that go together: they do not need each other.
  TagNeeds(const PermitDesk& desk, std::set<std::string, std::less<>> going)
      : desk_(desk), going_(std::move(going)) {}

  // At most kNeedsMax of [{"why","form","id","code","name":{"zh","en"},"tag"}]; `why` is formula,
  // reference, cause, interlock, permit or response. `tag` is a whole record.
  Result<Json> of(const Json& tag);

  static constexpr std::size_t kNeedsMax = 50;

 private:
  struct Limit {
    std::string id, code, tag, reference, kind, cause, procedure;
    LocalText name;
    std::vector<std::string> inputs;  // codes
    bool is_safety = false;
  };
  Result<void> read();
  Result<void> read_limits();
  Result<void> read_permits();
  void ask_limits(const Json& tag, Json& rows) const;
  void ask_permits(const Json& tag, Json& rows) const;
  Result<void> ask_responses(const Json& tag, Json& rows) const;
  bool is_needed_by(const ehs::LivePermit& permit, const TagInfo& tag) const;

  PermitDesk desk_;
  std::set<std::string, std::less<>> going_, gone_;
  std::vector<Limit> limits_;
  std::vector<ehs::LivePermit> permits_;
  bool is_read_ = false;
};

}  // namespace anlan::engine
