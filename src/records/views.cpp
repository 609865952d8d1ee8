#include "records/views.h"

#include <algorithm>
#include <array>

#include "records/places.h"
#include "records/values.h"

namespace anlan::records {
namespace {

enum class Label {
#define VIEW_TEXT(name, zh, en) name,
#include "records/view_texts.def"
#undef VIEW_TEXT
};

struct LabelRow {
  std::string_view zh, en;
};
constexpr std::array kLabels = {
#define VIEW_TEXT(name, zh, en) LabelRow{zh, en},
#include "records/view_texts.def"
#undef VIEW_TEXT
};

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  while (true) {  // ends with the text
    std::size_t at = text.find(from);
    out += text.substr(0, at);
    if (at == std::string_view::npos) return out;
    out += to;
    text.remove_prefix(at + from.size());
  }
}

std::string literal(std::string_view text) { return "'" + replaced(text, "'", "''") + "'"; }
std::string name_of(std::string_view text) { return "\"" + replaced(text, "\"", "\"\"") + "\""; }

// PostgreSQL cuts names at 63 bytes, in the middle of a character too.
std::string_view label_start(std::string_view text) {
  constexpr std::size_t kBytesMax = 56;  // leaves room for a number
  if (text.size() <= kBytesMax) return text;
  std::size_t end = kBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

// One view: the columns of a form, or of the rows of a sub-form, in one language.
class View {
 public:
  View(store::Dialect dialect, const ViewRules& rules, bool is_english)
      : dialect_(dialect), rules_(rules), is_english_(is_english) {}

  void add(Label label, const std::string& value) { add(text(label), value); }

  // Two columns that would be called the same are told apart by a number.
  void add(std::string_view label, const std::string& value) {
    std::string start(label_start(label));
    std::string name = start;
    for (int n = 2; std::ranges::contains(names_, name); ++n) {
      name = start + " " + std::to_string(n);
    }
    columns_ += (columns_.empty() ? "" : ", ") + value + " AS " + name_of(name);
    names_.push_back(std::move(name));
  }

  void add(const Field& field) {
    bool is_person = field.is_personal || field.kind == FieldKind::Person;
    if (is_person && !rules_.has_personal) return;
    std::string title(text(field.title));
    std::string column = column_of(field, "t.");
    switch (field.kind) {
      case FieldKind::Object:
      case FieldKind::Subform: return;
      case FieldKind::Position:
        add(title + " " + std::string(text(Label::Latitude)), part_of(column, "lat"));
        add(title + " " + std::string(text(Label::Longitude)), part_of(column, "lon"));
        return;
      case FieldKind::Duration:
        add(title + " (" + std::string(text(Label::Hours)) + ")",
            "CAST(" + column + " / 3600000000000.0 AS NUMERIC(20,4))");
        return;
      default: add(title, value_of(field, column));
    }
  }

  std::string time(const std::string& column) const {
    if (dialect_ == store::Dialect::Sqlite) {
      return "datetime(" + column + " / 1000000000, 'unixepoch', " +
             literal(rules_.time_zone_offset) + ")";
    }
    return "(to_timestamp(" + column + " / 1000000000.0) AT TIME ZONE INTERVAL " +
           literal(rules_.time_zone_offset) + ")";
  }

  std::string choice(const std::string& column,
                     const std::vector<std::pair<std::string, LocalText>>& choices) const {
    if (choices.empty()) return column;
    std::string out = "CASE " + column;
    for (const auto& [word, shown] : choices) {
      out += " WHEN " + literal(word) + " THEN " + literal(text(shown));
    }
    return out + " ELSE " + column + " END";
  }

  void finish(const std::string& name, const std::string& from,
              std::vector<std::string>& out) const {
    std::string full = name_of(name + (is_english_ ? "_en" : ""));
    if (dialect_ == store::Dialect::Postgres) full = std::string(kViewSchema) + "." + full;
    out.push_back("DROP VIEW IF EXISTS " + full);
    out.push_back("CREATE VIEW " + full + " AS SELECT " + columns_ + " FROM " + from);
  }

 private:
  std::string_view text(const LocalText& text) const { return is_english_ ? text.en : text.zh; }
  std::string_view text(Label label) const {
    const LabelRow& row = kLabels[static_cast<std::size_t>(label)];
    return is_english_ ? row.en : row.zh;
  }

  std::string part_of(const std::string& column, std::string_view name) const {
    return "CAST(json_extract(" + column + ", '$." + std::string(name) + "') AS DOUBLE PRECISION)";
  }

  // A list of words, each by its text, in the list's order. One expression for all of them: a call
  // around a call for each word is more than the parser of SQLite before 3.46 can open.
  std::string words(const Field& field, const std::string& column) const {
    bool is_sqlite = dialect_ == store::Dialect::Sqlite;
    std::string shown = choice("e.value", field.choices);
    if (is_sqlite) {
      return "(SELECT group_concat(" + shown + ", ',') FROM json_each(" + column + ") e)";
    }
    return "(SELECT string_agg(" + shown +
           ", ',' ORDER BY e.place) FROM jsonb_array_elements_text(" + column +
           "::jsonb) WITH ORDINALITY AS e (value, place))";
  }

  std::string value_of(const Field& field, const std::string& column) const {
    bool is_sqlite = dialect_ == store::Dialect::Sqlite;
    switch (field.kind) {
      case FieldKind::Boolean:
        return "CASE " + column + " WHEN 1 THEN " + literal(text(Label::Yes)) + " WHEN 0 THEN " +
               literal(text(Label::No)) + " END";
      case FieldKind::Decimal:
        return "CAST(" + column + " / 1" + std::string(static_cast<std::size_t>(field.scale), '0') +
               ".0 AS NUMERIC(20," + std::to_string(field.scale) + "))";
      case FieldKind::Instant: return time(column);
      case FieldKind::Date: return is_sqlite ? column : "CAST(" + column + " AS DATE)";
      case FieldKind::Choice: return choice(column, field.choices);
      case FieldKind::Choices: return words(field, column);
      case FieldKind::Ref:
        return "(SELECT r.title_" + std::string(is_english_ ? "en" : "zh") + " FROM f_" +
               field.ref_form + " r WHERE r.id = " + column + ")";
      case FieldKind::Photos:
        return is_sqlite ? "json_array_length(" + column + ")"
                         : "json_array_length(CAST(" + column + " AS json))";
      default: return column;
    }
  }

  store::Dialect dialect_;
  const ViewRules& rules_;
  bool is_english_;
  std::string columns_;
  std::vector<std::string> names_;
};

void add_rows_view(const Form& form, const Field& field, View view, std::vector<std::string>& out) {
  view.add(Label::Id, "t.parent");
  view.add(Label::Number, "p.number");
  view.add(Label::Row, "t.ord + 1");
  for (const Field& item : field.items) view.add(item);
  view.finish("v_" + field.item_table.substr(2),
              field.item_table + " t JOIN " + form.table +
                  " p ON p.id = t.parent WHERE p.deleted_at IS NULL",
              out);
}

}  // namespace

std::vector<std::string> view_statements(const Form& form, store::Dialect dialect,
                                         const ViewRules& rules) {
  std::vector<std::string> out;
  for (bool is_english : {false, true}) {
    View view(dialect, rules, is_english);
    view.add(Label::Id, "t.id");
    view.add(Label::Number, "t.number");
    view.add(Label::State, view.choice("t.state", form.states));
    view.add(Label::OrgPath, "t.org_path");
    view.add(Label::CreatedAt, view.time("t.created_at"));
    view.add(Label::UpdatedAt, view.time("t.updated_at"));
    for (const Field& field : form.fields) {
      if (!field.is_removed) view.add(field);
    }
    view.finish("v_" + form.id, form.table + " t WHERE t.deleted_at IS NULL", out);
    for (const Field& field : form.fields) {
      bool is_open = !field.is_personal || rules.has_personal;
      if (field.kind != FieldKind::Subform || field.is_removed || !is_open) continue;
      add_rows_view(form, field, View(dialect, rules, is_english), out);
    }
  }
  return out;
}

std::string view_schema_statement() {
  return "CREATE SCHEMA IF NOT EXISTS " + std::string(kViewSchema);
}

std::vector<std::string> view_grants(std::string_view role) {
  std::string who = name_of(role);
  std::string schema(kViewSchema);
  return {view_schema_statement(), "CREATE ROLE " + who + " LOGIN",
          "ALTER ROLE " + who + " SET default_transaction_read_only = on",
          "ALTER ROLE " + who + " SET statement_timeout = '60s'",
          "ALTER ROLE " + who + " SET search_path = " + schema,
          "GRANT USAGE ON SCHEMA " + schema + " TO " + who,
          "GRANT SELECT ON ALL TABLES IN SCHEMA " + schema + " TO " + who,
          // Views that later versions of forms bring.
          "ALTER DEFAULT PRIVILEGES IN SCHEMA " + schema + " GRANT SELECT ON TABLES TO " + who};
}

}  // namespace anlan::records
