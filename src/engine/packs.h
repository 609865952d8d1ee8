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

// A flow or a file of decisions, as text; both were parsed once, so they are valid.
struct ModelFile {
  enum class Kind { Flow, Decisions };

  Kind kind = Kind::Flow;
  std::string id;
  std::string content;
};

struct Packs {
  records::Forms forms;           // of the packs; after the deployment every version ever deployed
  std::vector<ModelFile> models;  // of the packs
  flow::Library library;          // calendars; the deployment adds every version ever deployed
  access::Policy policy;
  Json role_files = Json::array();  // the roles as the packs give them, rights of all packs united
  std::map<std::string, LocalText, std::less<>> texts;  // key -> text with {name} places
  Json plan{};  // GeoJSON of the plant, of the last pack that brings one; null for none
  Json seeds;   // list of seed objects in pack order
  std::vector<std::string> ids;  // "hazards 1.0.0"
};

// Roles for these forms: every state, row scope and condition is held against the form it is for.
// BadPack names role, place and member.
Result<access::Policy> compile_roles(const records::Forms& forms, const Json& roles);

// Folder of packs, in the order of their needs. BadPack names file and member.
Result<Packs> load_packs(const std::vector<std::string>& folders);

// Adds every version of flows and decisions that was ever deployed.
Result<void> read_library(store::View& view, flow::Library& library);

// Replaces {name} by data's members.
std::string fill_text(std::string_view text, const Json& data);

}  // namespace anlan::engine
