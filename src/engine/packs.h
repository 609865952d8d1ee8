#pragma once
// Packs as they lie on disk, read and checked: forms, flows, rules, roles, texts, seed.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "core/json.h"
#include "core/text.h"
#include "flow/flow.h"
#include "records/records.h"

namespace anlan::engine {

struct Packs {
  records::Forms forms;
  flow::Library library;
  access::Policy policy;
  std::map<std::string, LocalText, std::less<>> texts;  // key -> text with {name} places
  Json seeds;                                           // list of seed objects in pack order
  std::vector<std::string> ids;                         // "hazards 1.0.0"
};

// Folder of packs, in the order of their needs. BadPack names file and member.
Result<Packs> load_packs(const std::vector<std::string>& folders);

// Replaces {name} by data's members.
std::string fill_text(std::string_view text, const Json& data);

}  // namespace anlan::engine
