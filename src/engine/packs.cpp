#include "engine/packs.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/guards.h"
#include "twin/twin.h"

namespace anlan::engine {
namespace {

namespace fs = std::filesystem;

struct Folder {
  fs::path path;
  Json about;
};

std::unexpected<Error> bad_pack(const fs::path& file, std::string why, std::string field = {}) {
  std::string place = file.parent_path().filename().string() + "/" + file.filename().string();
  return refuse(ErrorCode::BadPack, place + ": " + why, std::move(field));
}

Result<std::string> read_text(const fs::path& file) {
  std::error_code error;
  auto size = fs::file_size(file, error);
  if (error || size > limits::kXmlBytesMax) return bad_pack(file, "missing or too large");
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  if (!in) return bad_pack(file, "can't be read");
  return out.str();
}

Result<Json> read_json(const fs::path& file) {
  std::string text = TRY(read_text(file));
  auto json = parse_json(text, limits::kXmlBytesMax);
  if (!json) return bad_pack(file, json.error().detail, json.error().field);
  return *json;
}

// Files of a pack's subfolder with this ending, sorted by name so that loading is repeatable.
std::vector<fs::path> files_of(const fs::path& folder, std::string_view ending) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.is_regular_file() && entry.path().extension() == ending)
      files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

Result<std::vector<Folder>> find_folders(const std::vector<std::string>& roots) {
  std::vector<Folder> found;
  for (const std::string& root : roots) {
    std::vector<fs::path> paths;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(root, error)) {
      if (fs::exists(entry.path() / "pack.json")) paths.push_back(entry.path());
    }
    if (error) return refuse(ErrorCode::BadPack, "no folder of packs at " + root);
    std::ranges::sort(paths);
    for (const fs::path& path : paths) {
      Json about = TRY(read_json(path / "pack.json"));
      if (about.text_or("format", "") != "anlan.pack/1") return bad_pack(path, "not a pack");
      TRY(about.text_at("id"));
      TRY(about.text_at("version"));
      found.push_back({path, std::move(about)});
    }
  }
  return found;
}

bool needs_are_met(const Folder& folder, const std::vector<Folder>& before) {
  const Json& needs = folder.about["needs"];
  if (!needs.is_array()) return true;
  return std::ranges::all_of(needs.as_array(), [&](const Json& need) {
    return std::ranges::any_of(before, [&](const Folder& b) { return b.about["id"] == need; });
  });
}

// Needs before users; by name among equals.
Result<std::vector<Folder>> in_order(std::vector<Folder> found) {
  std::vector<Folder> ordered;
  while (!found.empty()) {
    auto next =
        std::ranges::find_if(found, [&](const Folder& f) { return needs_are_met(f, ordered); });
    if (next == found.end()) return bad_pack(found[0].path, "its needs are not there", "needs");
    ordered.push_back(std::move(*next));
    found.erase(next);
  }
  return ordered;
}

// Several packs may add rights to one role: same id, names from the first that has one.
void merge_role(std::vector<Json>& roles, const Json& role) {
  auto known = std::ranges::find_if(roles, [&](const Json& r) { return r["id"] == role["id"]; });
  if (known == roles.end()) {
    roles.push_back(role);
    return;
  }
  Json rights = (*known)["rights"];
  if (role["rights"].is_array()) {
    for (const Json& right : role["rights"].as_array()) rights.push(right);
  }
  known->set("rights", std::move(rights));
}

// Several packs may add rights to one role: where each comes from is kept beside them, as
// "sources", {"pack":{"zh","en"},"number"} for each right, counted from 1 in its pack.
using Sources = std::map<std::string, Json::Array>;

void note_sources(Sources& sources, const Json& about, const Json& role) {
  if (!role["rights"].is_array()) return;
  Json::Array& known = sources[role.text_or("id", "")];
  int64_t number = std::ranges::count_if(
      known, [&](const Json& source) { return source["pack"] == about["title"]; });
  for (std::size_t i = 0; i < role["rights"].as_array().size(); ++i) {
    known.push_back(Json::object({{"pack", about["title"]}, {"number", ++number}}));
  }
}

Result<void> load_forms(const fs::path& folder, Packs& packs) {
  for (const fs::path& file : files_of(folder / "forms", ".json")) {
    auto form = records::parse_form(TRY(read_json(file)));
    if (!form) return bad_pack(file, form.error().detail, form.error().field);
    for (const std::string& guard : form->guards) {
      if (!is_guard(guard)) return bad_pack(file, "there is no guard " + guard, "guards");
    }
    TRY(packs.forms.add(std::move(*form)));
  }
  return {};
}

Result<void> load_models(const fs::path& folder, Packs& packs) {
  for (const fs::path& file : files_of(folder / "rules", ".dmn")) {
    std::string content = TRY(read_text(file));
    auto model = rules::Model::parse(content);
    if (!model) return bad_pack(file, model.error().detail, model.error().field);
    packs.models.push_back({ModelFile::Kind::Decisions, file.stem().string(), std::move(content)});
  }
  for (const fs::path& file : files_of(folder / "flows", ".bpmn")) {
    std::string content = TRY(read_text(file));
    auto model = flow::Model::parse(content);
    if (!model) return bad_pack(file, model.error().detail, model.error().field);
    for (const std::string& guard : model->guards()) {
      if (!is_guard(guard)) return bad_pack(file, "there is no guard " + guard, "guard");
    }
    packs.models.push_back({ModelFile::Kind::Flow, model->id(), std::move(content)});
  }
  return {};
}

Result<void> load_calendars(const fs::path& folder, rules::Calendars& calendars) {
  for (const fs::path& file : files_of(folder / "calendars", ".json")) {
    auto calendar = rules::Calendar::parse(TRY(read_json(file)));
    if (!calendar) return bad_pack(file, calendar.error().detail, calendar.error().field);
    calendars.add(std::move(*calendar));
  }
  return {};
}

Result<void> load_texts(const fs::path& folder, Packs& packs) {
  for (const fs::path& file : files_of(folder / "texts", ".json")) {
    Json json = TRY(read_json(file));
    if (!json["texts"].is_object()) return bad_pack(file, "no texts", "texts");
    for (const Json::Member& text : json["texts"].as_object()) {
      packs.texts[text.first] = {text.second.text_or("zh", ""), text.second.text_or("en", "")};
    }
  }
  return {};
}

struct Roles {
  std::vector<Json> files;
  Sources sources;
};

Result<void> load_one(const Folder& folder, Packs& packs, Roles& roles) {
  TRY(load_forms(folder.path, packs));
  TRY(load_models(folder.path, packs));
  TRY(load_texts(folder.path, packs));
  for (const fs::path& file : files_of(folder.path / "roles", ".json")) {
    Json json = TRY(read_json(file));
    if (!json["roles"].is_array()) return bad_pack(file, "no roles", "roles");
    for (const Json& role : json["roles"].as_array()) {
      note_sources(roles.sources, folder.about, role);
      merge_role(roles.files, role);
    }
  }
  for (const fs::path& file : files_of(folder.path / "plan", ".geojson")) {
    packs.plan = TRY(read_json(file));
    auto plan = twin::Plan::parse(packs.plan);
    if (!plan) return bad_pack(file, plan.error().detail, plan.error().field);
  }
  for (const fs::path& file : files_of(folder.path / "seed", ".json")) {
    packs.seeds.push(TRY(read_json(file)));
  }
  packs.ids.push_back(folder.about.text_or("id", "") + " " + folder.about.text_or("version", ""));
  return {};
}

// The demo plant is one: packs that come later add their records to it.
void merge_seeds(Packs& packs) {
  Json::Array& seeds = packs.seeds.as_array();
  auto demo =
      std::ranges::find_if(seeds, [](const Json& seed) { return seed.bool_or("demo", false); });
  if (demo == seeds.end()) return;
  Json records = (*demo)["records"];
  for (const Json& seed : seeds) {
    if (&seed == &*demo || !seed["records"].is_array()) continue;
    for (const Json& part : seed["records"].as_array()) records.push(part);
  }
  demo->set("records", std::move(records));
}

}  // namespace

Result<access::Policy> compile_roles(const records::Forms& forms, const Json& roles) {
  if (!roles.is_array()) return refuse(ErrorCode::BadPack, "no roles", "roles");
  std::vector<access::FormFrame> frames;
  for (const records::Form* form : forms.all()) frames.push_back(records::frame_of(*form));
  access::Policy policy = TRY(access::Policy::compile(roles.as_array(), frames));
  for (const access::Policy::Scope& scope : policy.scopes()) {
    for (const records::Form* form : forms.all()) {
      if (scope.form != "*" && scope.form != form->id) continue;
      auto fits = records::check_scope(*form, scope.filter);
      if (fits) continue;
      std::string why = fits.error().field + ": " + fits.error().detail;
      return refuse(ErrorCode::BadPack, scope.place + " does not fit " + form->id + ": " + why,
                    scope.place);
    }
  }
  return policy;
}

Result<Packs> load_packs(const std::vector<std::string>& folders) {
  Packs packs;
  packs.seeds = Json::array();
  Roles roles;
  rules::Calendars calendars;
  for (const Folder& folder : TRY(in_order(TRY(find_folders(folders))))) {
    TRY(load_one(folder, packs, roles));
    TRY(load_calendars(folder.path, calendars));
  }
  packs.library.set_calendars(std::move(calendars));
  merge_seeds(packs);
  packs.role_files = Json(Json::Array(std::move(roles.files)));
  packs.policy = TRY(compile_roles(packs.forms, packs.role_files));
  for (Json& role : packs.role_files.as_array()) {
    role.set("sources", Json(std::move(roles.sources[role.text_or("id", "")])));
  }
  return packs;
}

std::string fill_text(std::string_view text, const Json& data) {
  std::string out;
  while (!text.empty()) {
    std::size_t open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    text.remove_prefix(open + 1);
    std::size_t close = text.find('}');
    if (close == std::string_view::npos) break;
    const Json& value = data[text.substr(0, close)];
    if (value.is_text()) out += value.as_text();
    if (value.is_number()) out += value.as_number().text;
    text.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace anlan::engine
