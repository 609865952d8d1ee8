#pragma once
// Rows for one reader: which places of the plant are theirs. Inside the room only.

#include <string>
#include <utility>
#include <vector>

#include "alarms/decide.h"
#include "store/store.h"

namespace anlan::alarms {

struct Places {
  bool are_all = true;
  bool are_none = false;
  std::vector<std::pair<std::string, std::string>> list{};  // area, org_path

  // For a question whose alarm_known is `k`: asks for rows of these places only.
  void restrict(store::Sql& sql) const;
};

// Areas are few where alarms are many, so the reader's scope is asked once for each. LimitReached.
Result<Places> places_of(store::View& view, const IsVisible& is_visible);

}  // namespace anlan::alarms
