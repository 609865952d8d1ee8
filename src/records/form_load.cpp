// The deployed forms as they are now: their sources, and where their fields lie.

#include <algorithm>

#include "records/form.h"
#include "records/places.h"
#include "records/schema.h"

namespace anlan::records {
namespace {

using PlacesOfForms = std::map<std::string, Places, std::less<>>;

Result<PlacesOfForms> read_places(store::View& view) {
  auto rows = TRY(view.query({"SELECT form, field, column_name FROM form_field"}));
  PlacesOfForms places;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    places[rows[i].text("form")][rows[i].text("field")] = rows[i].text("column_name");
  }
  return places;
}

bool is_same_kind(const Field& one, const Field& other) {
  return one.kind == other.kind && one.scale == other.scale;
}

// What older versions had and the newest has not is kept, so that their records stay whole.
void add_removed(std::vector<Form>& versions) {
  Form& newest = versions.back();
  for (std::size_t i = versions.size() - 1; i-- > 0;) {
    for (const Field& field : versions[i].fields) {
      if (newest.find(field.key)) continue;
      Field& kept = newest.fields.emplace_back(field);
      kept.is_removed = true;
      kept.is_required = false;
      kept.is_unique = false;
    }
  }
}

// A field has one kind at a time: where it was changed, older records have the new one too.
void settle(std::vector<Form>& versions, const Places& places) {
  if (versions.size() > 1) add_removed(versions);
  for (Form& form : versions) {
    for (Field& field : form.fields) {
      if (const Field* now = versions.back().find(field.key); !is_same_kind(field, *now)) {
        bool is_required = field.is_required;
        field = *now;
        field.is_required = is_required;
      }
      auto place = places.find(field.key);
      if (place != places.end()) put_in(field, place->second);
    }
  }
}

}  // namespace

Result<Forms> load_forms(store::View& view) {
  PlacesOfForms places = TRY(read_places(view));
  auto rows = TRY(view.query({"SELECT source FROM form_def ORDER BY id, version"}));
  std::map<std::string, std::vector<Form>> versions;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Json source = TRY(parse_json(rows[i].text("source")));
    Form form = TRY(parse_form(source));
    versions[form.id].push_back(std::move(form));
  }
  std::vector<store::SchemaStep> steps = TRY(store::schema_steps(view));
  Forms forms;
  for (auto& [id, all] : versions) {
    settle(all, places[id]);
    TRY(mark_unfinished(all.back(), steps));
    for (Form& form : all) TRY(forms.add(std::move(form)));
  }
  return forms;
}

}  // namespace anlan::records
