#include "records/titles.h"

#include <optional>
#include <utility>

#include "records/filter_sql.h"

namespace anlan::records {
namespace {

using Names = std::map<std::string, LocalText, std::less<>>;

std::optional<Named> named_of(const Field& field) {
  if (field.kind == FieldKind::Ref && !field.ref_form.empty()) {
    return Named{FieldKind::Ref, field.ref_form};
  }
  if (field.kind == FieldKind::Person || field.kind == FieldKind::Org) return Named{field.kind};
  return std::nullopt;
}

// The table whose commits can change such names.
std::string table_of(const Named& named) {
  switch (named.kind) {
    case FieldKind::Ref: return "f_" + named.ref_form;
    case FieldKind::Person: return "person";
    default: return "org_unit";
  }
}

Result<Names> record_names(store::View& view, const std::string& form,
                           const std::set<std::string>& ids) {
  store::Sql sql{"SELECT id, title_zh, title_en FROM f_" + form + " WHERE id IN (?"};
  for (const std::string& id : ids) sql.params.emplace_back(id);
  // Filled up to a power of two, so that pages of many sizes share a few prepared statements.
  std::size_t size = 1;
  while (size < ids.size()) size *= 2;
  sql.params.resize(size, store::Value(*ids.begin()));
  for (std::size_t i = 1; i < size; ++i) sql.text += ", ?";
  sql.text += ")";
  auto rows = TRY(view.query(sql));
  Names names;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::string zh = rows[i].text_or("title_zh", "");
    std::string en = rows[i].text_or("title_en", zh);
    names.emplace(rows[i].text("id"), LocalText{std::move(zh), std::move(en)});
  }
  return names;
}

Result<Names> person_names(store::View& view, const std::set<std::string>& ids) {
  Names names;
  for (const std::string& id : ids) {
    auto parsed = PersonId::parse(id);
    if (!parsed) continue;  // "anonymous", "system": an actor kind, no person
    auto person = access::find_person(view, *parsed);
    if (!person && person.error().code == ErrorCode::NotFound) continue;
    if (!person) return std::unexpected(std::move(person).error());
    names.emplace(id, LocalText{person->name, person->name});
  }
  return names;
}

Result<Names> org_names(store::View& view, const std::set<std::string>& paths) {
  Names names;
  auto units = TRY(access::known_units(view));
  for (const access::OrgUnit& unit : *units) {
    if (paths.contains(unit.path)) names.emplace(unit.path, unit.name);
  }
  return names;
}

Result<Names> names_of(store::View& view, const Named& named, const std::set<std::string>& ids) {
  switch (named.kind) {
    case FieldKind::Ref: return record_names(view, named.ref_form, ids);
    case FieldKind::Person: return person_names(view, ids);
    default: return org_names(view, ids);
  }
}

}  // namespace

std::vector<Titled> titled_columns(const Form& form, const access::FieldModes& modes,
                                   const std::vector<Shown>& shown) {
  std::vector<Titled> titled;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const Field& field = *shown[i].field;
    auto named = named_of(field);
    bool is_readable = highest_of(form, modes, field.key) >= access::FieldMode::Read;
    if (named && is_readable) titled.push_back({field.key, i, *named});
  }
  return titled;
}

Result<void> TitleBook::read(const std::vector<std::string>& ids) {
  for (const Titled& titled : titled_) pages_.try_emplace(titled.named);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!ids[i].empty()) pages_[titled_[i % titled_.size()].named].try_emplace(ids[i]);
  }
  for (auto& [named, page] : pages_) TRY(read(named, page));
  return {};
}

Result<void> TitleBook::read(const Named& named, Page& page) {
  store::Reading& reading = store::reading_of(view_);
  std::string table = table_of(named);
  std::optional<uint64_t> stamp = reading.stamp({table});
  std::string prefix = "records.title." + table + ".";
  std::set<std::string> unknown;
  for (auto& [id, title] : page) {
    if (stamp) {
      title = std::static_pointer_cast<const Title>(reading.memory().find(prefix + id, *stamp));
    }
    if (!title) unknown.insert(id);
  }
  if (unknown.empty()) return {};
  Names names = TRY(names_of(view_, named, unknown));
  for (auto& [id, name] : names) {
    Json json = Json::object({{"zh", name.zh}, {"en", name.en}});
    auto title = std::make_shared<const Title>(Title{name, write_json(json)});
    if (stamp) reading.memory().keep(prefix + id, *stamp, title);
    page[id] = std::move(title);
  }
  return {};
}

const Title* TitleBook::find(const Titled& titled, const std::string& id) const {
  auto page = pages_.find(titled.named);
  if (page == pages_.end()) return nullptr;
  auto title = page->second.find(id);
  return title == page->second.end() ? nullptr : title->second.get();
}

namespace {

// "measures.2.done_by": what a person in a row of a sub-form is called.
struct RowPerson {
  std::string place;
  std::string id;
};

std::vector<RowPerson> people_in_rows(const Form& form, const Json& record) {
  std::vector<RowPerson> people;
  for (const Field& field : form.fields) {
    const Json& rows = record[field.key];
    if (field.kind != FieldKind::Subform || !rows.is_array()) continue;
    for (const Field& item : field.items) {
      if (item.kind != FieldKind::Person) continue;
      for (std::size_t at = 0; at < rows.as_array().size(); ++at) {
        std::string id = rows.as_array()[at].text_or(item.key, "");
        if (id.empty()) continue;
        people.push_back({field.key + "." + std::to_string(at) + "." + item.key, std::move(id)});
      }
    }
  }
  return people;
}

Result<void> add_row_titles(store::View& view, const Form& form, const Json& record, Json& titles) {
  std::vector<RowPerson> people = people_in_rows(form, record);
  if (people.empty()) return {};
  std::set<std::string> ids;
  for (const RowPerson& one : people) ids.insert(one.id);
  Names names = TRY(person_names(view, ids));
  for (const RowPerson& one : people) {
    auto name = names.find(one.id);
    if (name == names.end()) continue;
    titles.set(one.place, Json::object({{"zh", name->second.zh}, {"en", name->second.en}}));
  }
  return {};
}

}  // namespace

Result<void> add_titles(store::View& view, const Form& form, const access::FieldModes& modes,
                        std::vector<Json>& rows) {
  std::vector<Titled> titled = titled_columns(form, modes, shown_members(form, modes));
  std::vector<std::string> ids;
  for (const Json& row : rows) {
    for (const Titled& one : titled) ids.push_back(row.text_or(one.key, ""));
  }
  TitleBook book(view, titled);
  TRY(book.read(ids));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    Json titles = Json::object();
    for (std::size_t i = 0; i < titled.size(); ++i) {
      const Title* title = book.find(titled[i], ids[row * titled.size() + i]);
      if (!title) continue;
      const LocalText& name = title->name;
      titles.set(titled[i].key, Json::object({{"zh", name.zh}, {"en", name.en}}));
    }
    TRY(add_row_titles(view, form, rows[row], titles));
    rows[row].set("_titles", std::move(titles));
  }
  return {};
}

}  // namespace anlan::records
