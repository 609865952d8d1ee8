#pragma once
// What a caller reaches, with the open task that may widen it, and names for screens. Reads only.

#include <map>
#include <optional>

#include "access/access.h"
#include "engine/packs.h"
#include "flow/flow.h"
#include "records/records.h"
#include "store/store.h"

namespace anlan::engine {

struct Reach {
  bool is_allowed = false;
  bool holds_task = false;
  Filter scope{.kind = Filter::Kind::None};
  access::FieldModes modes{};
  std::vector<std::string> buttons{};
  // Only because the record was copied to the caller: to look at, nothing else.
  bool is_copy = false;
  bool is_brief = false;  // such a copy for whom no role shows any record of the form
};

class Reader {
 public:
  Reader(store::View& view, const Packs& packs, Instant now)
      : view_(view), packs_(packs), now_(now) {}

  // For one record: whoever holds an open task on it reaches it, with that node's rights on top.
  Result<Reach> reach(const access::Subject& by, const records::Form& form, RecordId id,
                      access::Action action);
  // Reading one record, also by whom it was copied to (docs/formats/approval.md, "Copies"). Only
  // for what is shown: whoever writes asks `reach`.
  Result<Reach> reach_to_see(const access::Subject& by, const records::Form& form, RecordId id);
  // The one place that says whether a file of the record is shown: named in a field that the caller
  // reads, or carried by a decision that he sees in the timeline.
  Result<bool> may_see_file(const records::Form& form, RecordId id, const Reach& reach,
                            std::string_view sha256);
  // Of "form/id": {"form","id","number"}; null where nothing is named or it is there no more.
  Result<Json> link_json(std::string_view link);
  // For lists: the role's scope only. Forbidden when no role gives it.
  Result<Reach> reach(const access::Subject& by, const records::Form& form, access::Action action);
  // Of the buttons of a reach those that the caller may press on this record now.
  Result<std::vector<std::string>> buttons(const access::Subject& by, const records::Form& form,
                                           RecordId id, const Reach& reach);
  // Whether the caller may press this now: rights, rows and conditions, or an open task's buttons.
  Result<bool> may_press(const access::Subject& by, const records::Form& form, RecordId id,
                         std::string_view button);

  // Adds actor.name to rows of history and timeline.
  Result<Json> with_names(Json rows);
  Result<std::string> person_name(const std::string& id);
  Instant now() const { return now_; }

 private:
  Result<Json> with_people(Json detail);  // of a row of the timeline
  Result<Json> with_files(Json detail, const Json& actor);
  Result<std::optional<access::NodeRights>> rights_on(const access::Subject& by,
                                                      const records::Form& form, RecordId id);
  Result<bool> may_press(const access::Subject& by, const records::Form& form, RecordId id,
                         std::string_view button, const access::NodeRights* node);

  store::View& view_;
  const Packs& packs_;
  Instant now_;
  std::map<std::string, std::string> names_;
};

std::string_view mode_text(access::FieldMode mode);
Json modes_json(const records::Form& form, const access::FieldModes& modes);

}  // namespace anlan::engine
