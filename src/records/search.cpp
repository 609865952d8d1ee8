#include "records/search.h"

#include <algorithm>
#include <iterator>

#include "core/text.h"
#include "records/places.h"
#include "records/values.h"

namespace anlan::records {
namespace {

// Whether the tokenizer of SQLite finds something in the pair: letters, digits, all beyond ASCII.
bool is_indexed(std::string_view pair) {
  return std::ranges::any_of(pair, [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z');
  });
}

// "ab" "bc": all of them, in any order.
std::string match_of(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    for (std::string_view pair : split(word, ' ')) {
      if (!is_indexed(pair) || pair.contains('"')) continue;
      out += (out.empty() ? "\"" : " \"") + std::string(pair) + "\"";
    }
  }
  return out;
}

Result<bool> has_index(store::View& view, const Form& form) {
  auto rows = TRY(
      view.query({"SELECT 1 AS one FROM sqlite_schema WHERE name = ?", {search_index_of(form)}}));
  return !rows.empty();
}

std::string pairs_table_of(const Form& form) { return short_name("s_" + form.id + "_pairs"); }

Result<Condition> index_condition(store::View& view, const Form& form,
                                  const std::vector<std::string>& words) {
  if (view.dialect() == store::Dialect::Postgres) {
    std::string all;
    for (const std::string& word : words) all += (all.empty() ? "" : " ") + word;
    return Condition{"id IN (SELECT id FROM " + pairs_table_of(form) +
                         " WHERE pairs @> string_to_array(?, ' '))",
                     {all}};
  }
  std::string match = match_of(words);
  if (match.empty() || !TRY(has_index(view, form))) return Condition{"1 = 1"};
  std::string table = search_index_of(form);
  return Condition{"rowid IN (SELECT rowid FROM " + table + " WHERE " + table + " MATCH ?)",
                   {match}};
}

std::vector<std::string> words_of(const std::string& search) {
  std::vector<std::string> words;
  for (std::string_view word : split(search, ' ')) {
    std::string pairs = bigrams(word);
    if (!pairs.empty()) words.push_back(std::move(pairs));
  }
  return words;
}

// How often the words stand in the column.
Condition matches_of(const std::vector<std::string>& words) {
  Condition out;
  for (const std::string& word : words) {
    out.text += out.text.empty() ? "" : " + ";
    out.text += "(length(search) - length(replace(search, ?, ''))) / length(?)";
    out.params.insert(out.params.end(), {store::Value(word), store::Value(word)});
  }
  return out;
}

}  // namespace

std::string search_index_of(const Form& form) { return "s_" + form.id; }

// Contentless: the pairs lie in the form's own table. Triggers keep it, so that whatever writes the
// table, a replay too, need not know of it.
std::vector<std::string> search_index_statements(const Form& form) {
  std::string name = search_index_of(form);
  std::string put = " BEGIN INSERT OR REPLACE INTO " + name +
                    " (rowid, search) VALUES (new.rowid, new.search); END";
  std::string trigger = "{{sqlite}}CREATE TRIGGER IF NOT EXISTS " + name;
  return {"{{sqlite}}CREATE VIRTUAL TABLE IF NOT EXISTS " + name +
              " USING fts5(search, content='', contentless_delete=1, detail=none,"
              " tokenize='ascii')",
          trigger + "_added AFTER INSERT ON " + form.table + put,
          trigger + "_changed AFTER UPDATE OF search ON " + form.table + put,
          trigger + "_removed AFTER DELETE ON " + form.table + " BEGIN DELETE FROM " + name +
              " WHERE rowid = old.rowid; END",
          "{{sqlite}}INSERT OR REPLACE INTO " + name +
              " (rowid, search) SELECT rowid, search FROM " + form.table +
              " WHERE rowid NOT IN (SELECT rowid FROM " + name + ")"};
}

// An index of the form's own table would get every pair of a record anew with each change of it,
// whatever field it is of.
std::vector<std::string> search_pairs_statements(const Form& form) {
  std::string table = pairs_table_of(form);
  std::string index = short_name(table + "_index");
  std::string put = short_name(table + "_put");
  std::string removed = short_name(table + "_removed");
  std::string trigger = "{{postgres}}CREATE OR REPLACE TRIGGER ";
  std::string function = "{{postgres}}CREATE OR REPLACE FUNCTION ";
  std::string into = "INSERT INTO " + table + " (id, pairs) ";
  std::string anew = " ON CONFLICT (id) DO UPDATE SET pairs = excluded.pairs";
  return {
      "{{postgres}}DROP INDEX IF EXISTS " + search_index_of(form),
      "{{postgres}}CREATE TABLE IF NOT EXISTS " + table + " (id {{id}} PRIMARY KEY, pairs text[])",
      "{{postgres}}" + into + "SELECT id, string_to_array(search, ' ') FROM " + form.table + anew,
      "{{postgres}}CREATE INDEX IF NOT EXISTS " + index + " ON " + table + " USING gin (pairs)",
      // Else rows wait in a list until one statement must put thousands into the index: a
      // writer stood still for seconds.
      "{{postgres}}ALTER INDEX " + index + " SET (fastupdate = off)",
      function + put + "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + into +
          "VALUES (new.id, string_to_array(new.search, ' '))" + anew + "; RETURN NULL; END $$",
      function + removed + "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM " + table +
          " WHERE id = old.id; RETURN NULL; END $$",
      trigger + put + " AFTER INSERT OR UPDATE OF search ON " + form.table +
          " FOR EACH ROW EXECUTE FUNCTION " + put + "()",
      trigger + removed + " AFTER DELETE ON " + form.table + " FOR EACH ROW EXECUTE FUNCTION " +
          removed + "()"};
}

Result<Condition> search_condition(store::View& view, const Form& form, const Query& query,
                                   Search how) {
  const std::string& search = query.search;
  bool is_right =
      is_utf8(search) && is_clean_text(search) && count_chars(search) <= limits::kSearchCharsMax;
  if (!is_right) return refuse(ErrorCode::BadRequest, "no clean short text", "search");
  // The column holds all searchable members together, so whoever may not read one of them may not
  // search at all: a hit would tell what it holds.
  TRY(readable_member(form, query.modes, "number"));
  for (const Field& field : form.fields) {
    if (field.is_searched) TRY(readable_member(form, query.modes, field.key));
  }
  std::vector<std::string> words = words_of(search);
  if (words.empty()) return refuse(ErrorCode::BadRequest, "two characters at least", "search");
  Condition out{"1 = 1"};
  if (how == Search::ByIndex) out = TRY(index_condition(view, form, words));
  for (const std::string& word : words) {
    out.text += " AND search LIKE ? ESCAPE '\\'";
    out.params.emplace_back(like_anywhere(word));
  }
  return out;
}

Result<Ending> fill_ranked(store::View& view, const Form& form, const Query& query,
                           const std::vector<Shown>& shown, RowSink& into) {
  TRY(readable_member(form, query.modes, "created_at"));
  if (query.search.empty()) return refuse(ErrorCode::BadRequest, "nothing is searched", "sort");
  int64_t from = 0;
  if (!query.cursor.empty()) {
    auto place = Json(Json::Number{query.cursor}).as_int64();
    bool is_place = place && *place > 0 && *place < kRankedMax;
    if (!is_place) return refuse(ErrorCode::BadRequest, "no cursor of this list", "cursor");
    from = *place;
  }
  Condition where = TRY(where_of(view, form, query));
  Condition ranked = matches_of(words_of(query.search));
  std::string newest = "SELECT id AS k_id, search, created_at AS k_at FROM " + form.table +
                       " WHERE " + where.text + " ORDER BY created_at DESC, id DESC LIMIT " +
                       std::to_string(kRankedMax);
  std::string keys = "SELECT k_id, k_at, " + ranked.text + " AS k_rank FROM (" + newest + ") n";
  std::ranges::move(where.params, std::back_inserter(ranked.params));
  std::string text = "SELECT ";
  for (std::size_t i = 0; i < shown.size(); ++i) {
    text += (i > 0 ? ", " : "") + column_of(*shown[i].field, "t.");
  }
  text += " FROM (" + keys + ") p JOIN " + form.table + " t ON t.id = p.k_id" +
          " ORDER BY p.k_rank DESC, p.k_at DESC, p.k_id DESC LIMIT ? OFFSET ?";
  ranked.params.emplace_back(static_cast<int64_t>(query.count + 1));
  ranked.params.emplace_back(from);
  std::size_t rows = 0;
  TRY(store::visit(view, {std::move(text), std::move(ranked.params)},
                   [&](const store::Cells& cells) {
                     if (++rows <= query.count) into.add(cells);
                   }));
  Ending ending;
  if (rows > query.count) ending.next = std::to_string(from + static_cast<int64_t>(query.count));
  return ending;
}

}  // namespace anlan::records
