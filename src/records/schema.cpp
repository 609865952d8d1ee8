// Plans: from a form and the version before it to the steps between.

#include "records/schema.h"

#include <algorithm>

#include "records/places.h"
#include "records/values.h"

namespace anlan::records {
namespace {

using store::SchemaStep;

std::string index_name(const Form& form, const std::string& name) {
  return short_name(form.table + "_" + name);
}

std::string index_on(const Form& form, const std::string& name, const std::string& columns,
                     std::string_view unique = "") {
  return "CREATE " + std::string(unique) + "INDEX " + index_name(form, name) + " ON " + form.table +
         " (" + columns + ")";
}

std::string index_name_of(const Form& form, const Field& field) {
  return index_name(form, (field.is_unique ? "u_" : "i_") + field.column.substr(2));
}

std::string index_of(const Form& form, const Field& field) {
  std::string own = field.column.substr(2);
  if (field.is_unique) return index_on(form, "u_" + own, field.column, "UNIQUE ");
  // The id makes the order total, so the index also serves a page sorted by this field.
  return index_on(form, "i_" + own, field.column + ", id");
}

bool has_index(const Field& field) {
  return (field.is_indexed || field.is_unique) && !field.in_ext;
}

std::string column_of_table(const Field& field) {
  return field.column + " " + std::string(kind_row(field.kind).column_type);
}

// A row of a sub-form is found by its record and its place in the list.
std::string item_table_of(const Field& field) {
  std::string text =
      "CREATE TABLE " + field.item_table + " (parent {{id}} NOT NULL, ord {{int}} NOT NULL";
  for (const Field& item : field.items) text += ", " + column_of_table(item);
  return text + ", PRIMARY KEY (parent, ord))";
}

// The kinds a field is looked up, sorted or added up by need a column of their own.
bool needs_column(const Field& field) {
  return field.is_list || field.is_indexed || field.is_unique || field.is_summed ||
         field.kind == FieldKind::Subform;
}

std::vector<std::string> first_statements(const Form& form,
                                          const std::vector<std::string>& more = {}) {
  std::string table = "CREATE TABLE " + form.table +
                      " (id {{id}} PRIMARY KEY, number {{text}}, state {{text}} NOT NULL,"
                      " org_path {{text}} NOT NULL, case_id {{id}},"
                      " form_version {{int}} NOT NULL, created_at {{int}} NOT NULL,"
                      " created_by {{id}} NOT NULL, updated_at {{int}} NOT NULL,"
                      " updated_by {{id}} NOT NULL, version {{int}} NOT NULL, deleted_at {{int}},"
                      " search {{text}}, title_zh {{text}}, title_en {{text}}, ext {{json}}";
  for (const Field& field : form.fields) {
    if (!field.in_ext) table += ", " + column_of_table(field);
    if (field.next) table += ", " + column_of_table(*field.next);  // a copy is under way
  }
  for (const std::string& column : more) table += ", " + column;
  std::vector<std::string> statements{table + ")"};
  statements.push_back(index_on(form, "number", "number", "UNIQUE "));
  for (const char* column : {"state", "org_path", "created_at", "updated_at"}) {
    statements.push_back(index_on(form, column, column + std::string(", id")));
  }
  // "My own" is the scope of most people.
  statements.push_back(index_on(form, "created_by", "created_by, created_at, id"));
  for (const Field& field : form.fields) {
    if (has_index(field)) statements.push_back(index_of(form, field));
    if (field.kind == FieldKind::Subform) statements.push_back(item_table_of(field));
  }
  return statements;
}

bool changes_kind(const Field& old, const Field& now) {
  return old.kind != now.kind || old.scale != now.scale;
}

bool can_convert(const Field& from, const Field& to) {
  auto is_plain = [](const Field& field) {
    switch (field.kind) {
      case FieldKind::Person:
      case FieldKind::Org:
      case FieldKind::Ref: return false;
      default: return is_comparable(field.kind);
    }
  };
  if (!is_plain(from) || !is_plain(to)) return false;
  auto is_number = [](const Field& field) {
    return field.kind == FieldKind::Integer || field.kind == FieldKind::Decimal;
  };
  return is_text_kind(from.kind) || is_text_kind(to.kind) || (is_number(from) && is_number(to));
}

Result<void> check_kept(const Form& form, const Field& old) {
  const Field* now = form.find(old.key);
  if (!now) return {};  // it is hidden; its values stay
  auto bad = [&](const char* why) {
    return refuse(ErrorCode::BadPack, form.id + ": " + why, old.key);
  };
  if (now->ref_form != old.ref_form) return bad("a field refers to another form");
  // Rows that are there may hold the same value twice.
  if (now->is_unique && !old.is_unique) return bad("a field became unique");
  // The search column of rows that are there was made without it.
  if (now->is_searched && !old.is_searched) return bad("a field became searchable");
  if (changes_kind(old, *now)) {
    if (!can_convert(old, *now)) return bad("a field changed its kind");
    if (old.is_unique || old.in_ext) return bad("a field in ext or a unique one changed its kind");
  }
  for (const Field& item : old.items) {
    auto same = std::ranges::find(now->items, item.key, &Field::key);
    if (same == now->items.end()) return bad("a field of its rows was removed");
    if (changes_kind(item, *same)) return bad("a field of its rows changed its kind");
  }
  return {};
}

// The steps in the order in which they are found, in three parts.
class Plan {
 public:
  Plan(Form form, const Form* before, bool is_large)
      : form_(std::move(form)), before_(before), is_large_(is_large) {}

  Result<std::vector<SchemaStep>> make() {
    if (!before_) {
      place_first();
      // Nobody waits for a table that is not there yet.
      std::string all;
      for (const std::string& statement : first_statements(form_)) all += statement + ";\n";
      run(std::move(all));
      return finish();
    }
    if (form_.version <= before_->version) {
      return refuse(ErrorCode::BadPack, form_.id + ": the version must rise", "version");
    }
    for (const Field& old : before_->fields) TRY(check_kept(form_, old));
    columns_ = static_cast<std::size_t>(std::ranges::count(before_->fields, false, &Field::in_ext));
    for (Field& field : form_.fields) {
      const Field* old = before_->find(field.key);
      if (!old) add(field);
      else if (changes_kind(*old, field)) change_kind(field);
      else keep(field, *old);
    }
    return finish();
  }

 private:
  static SchemaStep step(std::string_view kind, std::string subject, std::string statement) {
    return {.kind = std::string(kind),
            .subject = std::move(subject),
            .statement = std::move(statement)};
  }
  void run(std::string statement) { first_.push_back(step(kRunStep, "", std::move(statement))); }
  void index(const Field& field) {
    if (is_large_) {
      last_.push_back(step(kIndexStep, index_name_of(form_, field), index_of(form_, field)));
    } else if (field.next) {
      last_.push_back(step(kRunStep, "", index_of(form_, field)));
    } else {
      run(index_of(form_, field));
    }
  }
  void add_column(const Field& field) {
    run("ALTER TABLE " + form_.table + " ADD COLUMN " + column_of_table(field));
  }

  // What is looked for gets its column before what is not, wherever the limit lies.
  void place_first() {
    auto place_some = [&](bool are_needed) {
      for (Field& field : form_.fields) {
        if (needs_column(field) == are_needed) place_new(field, false);
      }
    };
    place_some(true);
    place_some(false);
  }

  void place_new(Field& field, bool is_ext_better) {
    bool has_room = columns_ < limits::kFormFieldsMax;
    bool is_ext = !needs_column(field) && (field.is_ext_wished || is_ext_better);
    if (is_ext || (!has_room && field.kind != FieldKind::Subform)) put_in(field, kInExt);
    else ++columns_;
    places_[field.key] = place_of(field);
  }

  void add(Field& field) {
    place_new(field, is_large_);
    if (field.in_ext) return;
    add_column(field);
    if (field.kind == FieldKind::Subform) run(item_table_of(field));
    if (has_index(field)) index(field);
  }

  void keep(Field& field, const Field& old) {
    Field wished = field;
    put_in(field, place_of(old));
    bool is_promoted = needs_column(wished) && old.in_ext && columns_ < limits::kFormFieldsMax;
    if (is_promoted) return promote(field, std::move(wished));
    if (has_index(field) && !has_index(old)) index(field);
    for (const Field& item : field.items) {
      if (std::ranges::contains(old.items, item.key, &Field::key)) continue;
      run("ALTER TABLE " + field.item_table + " ADD COLUMN " + column_of_table(item));
    }
  }

  // The old column stays as it is: whoever needs what could not be converted finds it there.
  void change_kind(Field& field) {
    put_in(field, field.column + "__" + std::to_string(form_.version));
    places_[field.key] = place_of(field);
    add_column(field);
    first_.push_back(step(kCopyStep, field.key, text_of_target(field)));
    if (has_index(field)) index(field);
  }

  void promote(Field& field, Field target) {
    ++columns_;
    add_column(target);
    last_.push_back(step(kCopyStep, field.key, text_of_target(target)));
    last_.push_back(step(kSwitchStep, field.key, text_of_target(target)));
    if (!has_index(target)) return;
    target.next = std::make_shared<const Field>(target);
    index(target);
  }

  std::string text_of_target(const Field& field) const {
    return write_json(Json::object({{"source", form_.source}, {"column", field.column}}));
  }

  std::vector<SchemaStep> finish() {
    Json places = Json::object();
    for (const auto& [key, place] : places_) places.set(key, place);
    std::string deployment =
        write_json(Json::object({{"source", form_.source}, {"places", std::move(places)}}));
    std::vector<SchemaStep> steps = std::move(first_);
    steps.push_back(step(kDeployStep, "", std::move(deployment)));
    std::ranges::move(last_, std::back_inserter(steps));
    int64_t number = 0;
    for (SchemaStep& each : steps) {
      each.form = form_.id;
      each.version = form_.version;
      each.step = ++number;
    }
    return steps;
  }

  Form form_;
  const Form* before_;
  bool is_large_;
  std::size_t columns_ = 0;
  Places places_;
  std::vector<SchemaStep> first_, last_;
};

bool is_of(const SchemaStep& step, const Form& form) { return step.form == form.id; }
bool is_done(const SchemaStep& step) { return step.state == "done"; }

// A copy goes on until the step that ends it: changes meanwhile are written to both places.
bool is_copying(std::span<const SchemaStep> steps, std::size_t at) {
  const SchemaStep& copy = steps[at];
  for (std::size_t i = at; i-- > 0 && steps[i].form == copy.form;) {
    bool is_earlier = steps[i].version == copy.version && steps[i].kind != kCopyStep;
    if (is_earlier && !is_done(steps[i])) return false;
  }
  for (std::size_t i = at + 1; i < steps.size() && steps[i].form == copy.form; ++i) {
    bool is_end = steps[i].kind == kDeployStep ||
                  (steps[i].kind == kSwitchStep && steps[i].subject == copy.subject);
    if (is_end && steps[i].version == copy.version) return !is_done(steps[i]);
  }
  return false;
}

}  // namespace

Result<std::vector<store::SchemaStep>> steps_of(const Form& form, const Form* before,
                                                bool is_large) {
  return Plan(form, before, is_large).make();
}

Result<bool> is_large(store::View& view, const Form& form, int64_t most) {
  auto rows = TRY(view.query({"SELECT COUNT(*) AS n FROM (SELECT 1 FROM " + form.table + " LIMIT " +
                              std::to_string(most) + ") c"}));
  return rows[0].int64("n") >= most;
}

Result<std::vector<store::SchemaStep>> promotion_of(const Form& form, std::string_view key,
                                                    int64_t last) {
  const Field* field = form.find(key);
  if (!field || !field->in_ext) {
    return refuse(ErrorCode::BadRequest, "no field in ext", std::string(key));
  }
  Field target = *field;
  put_in(target, "c_" + target.key);
  std::string text = write_json(Json::object({{"source", form.source}, {"column", target.column}}));
  std::vector<SchemaStep> steps{
      {.kind = std::string(kRunStep),
       .statement = "ALTER TABLE " + form.table + " ADD COLUMN " + column_of_table(target)},
      {.kind = std::string(kCopyStep), .subject = target.key, .statement = text},
      {.kind = std::string(kSwitchStep), .subject = target.key, .statement = text}};
  for (SchemaStep& step : steps) {
    step.form = form.id;
    step.version = form.version;
    step.step = ++last;
  }
  return steps;
}

Result<void> mark_unfinished(Form& form, std::span<const store::SchemaStep> steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const SchemaStep& step = steps[i];
    if (!is_of(step, form)) continue;
    if (step.kind == kIndexStep && !is_done(step)) {
      for (Field& field : form.fields) {
        if (has_index(field) && index_name_of(form, field) == step.subject) {
          field.is_index_ready = false;
        }
      }
    }
    if (step.kind != kCopyStep || !is_copying(steps, i)) continue;
    Target target = TRY(target_from(step));
    auto field = std::ranges::find(form.fields, step.subject, &Field::key);
    if (field == form.fields.end()) continue;
    // Shared: every copy of the form writes there.
    field->next = std::make_shared<const Field>(std::move(target.field));
  }
  return {};
}

std::vector<std::string> statements_of(const Form& form, const std::vector<std::string>& columns) {
  std::vector<std::string> more;
  for (const std::string& column : columns) {
    std::string name = column.substr(0, column.find(' '));
    if (!std::ranges::contains(form.fields, name, &Field::column)) more.push_back(column);
  }
  return first_statements(form, more);
}

Result<std::vector<std::string>> retired_columns(store::View& view, const Form& form) {
  auto rows = TRY(
      view.query({"SELECT column_name, kind FROM form_retired WHERE form = ? ORDER BY column_name",
                  {form.id}}));
  std::vector<std::string> columns;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const KindRow* kind = find_kind(rows[i].text("kind"));
    if (!kind) return refuse(ErrorCode::StoreFailed, "form_retired names no kind");
    columns.push_back(rows[i].text("column_name") + " " + std::string(kind->column_type));
  }
  return columns;
}

Result<store::SchemaStep> clearing_of(store::View& view, const Form& form, std::string_view column,
                                      int64_t last, Instant now) {
  auto rows =
      TRY(view.query({"SELECT retired_at FROM form_retired WHERE form = ? AND column_name = ?"
                      " AND cleared_at IS NULL",
                      {form.id, std::string(column)}}));
  if (rows.empty()) return refuse(ErrorCode::NotFound, "no retired column", std::string(column));
  if (Instant{rows[0].int64("retired_at")} + kRetention > now) {
    return refuse(ErrorCode::WrongState, "not retired for long enough", std::string(column));
  }
  return SchemaStep{.form = form.id,
                    .version = form.version,
                    .step = last + 1,
                    .kind = std::string(kClearStep),
                    .subject = std::string(column)};
}

Result<std::vector<Refused>> refused_values(store::View& view, const Form& form,
                                            std::string_view key, std::size_t count) {
  const Field* field = form.find(key);
  if (!field) return refuse(ErrorCode::NotFound, "no such field", std::string(key));
  auto retired = TRY(view.query(
      {"SELECT column_name FROM form_retired WHERE form = ? AND field = ? AND column_name <> ?"
       " AND cleared_at IS NULL ORDER BY retired_at DESC LIMIT 1",
       {form.id, field->key, field->column}}));
  std::vector<Refused> out;
  if (retired.empty()) return out;
  std::string old = retired[0].text("column_name");
  auto rows = TRY(view.query({"SELECT id, number, CAST(" + old + " AS TEXT) AS v FROM " +
                                  form.table + " WHERE " + old + " IS NOT NULL AND " +
                                  field->column + " IS NULL ORDER BY id LIMIT ?",
                              {static_cast<int64_t>(count)}}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out.push_back({rows[i].text("id"), rows[i].text_or("number", ""), rows[i].text("v")});
  }
  return out;
}

}  // namespace anlan::records
