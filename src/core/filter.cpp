#include "core/filter.h"

#include <algorithm>
#include <array>
#include <optional>

namespace anlan {
namespace {

using Kind = Filter::Kind;

struct Word {
  std::string_view text;
  Kind kind;
};
constexpr std::array kWords{Word{"all", Kind::All},     Word{"none", Kind::None},
                            Word{"and", Kind::And},     Word{"or", Kind::Or},
                            Word{"not", Kind::Not},     Word{"eq", Kind::Eq},
                            Word{"ne", Kind::Ne},       Word{"lt", Kind::Lt},
                            Word{"le", Kind::Le},       Word{"gt", Kind::Gt},
                            Word{"ge", Kind::Ge},       Word{"in", Kind::In},
                            Word{"null", Kind::Null},   Word{"contains", Kind::Contains},
                            Word{"under", Kind::Under}, Word{"has", Kind::Has}};

std::optional<Kind> kind_of(const Json& word) {
  if (!word.is_text()) return std::nullopt;
  for (const Word& known : kWords) {
    if (known.text == word.as_text()) return known.kind;
  }
  return std::nullopt;
}

bool is_group(Kind kind) { return kind == Kind::And || kind == Kind::Or || kind == Kind::Not; }

std::unexpected<Error> bad(const char* why) { return refuse(ErrorCode::BadRequest, why, "filter"); }

class Parser {
 public:
  Result<Filter> parse(const Json& value) {
    if (++nodes_ > limits::kFilterNodesMax) return refuse(ErrorCode::LimitReached, "filter");
    if (!value.is_array() || value.as_array().empty()) return bad("a filter is a list");
    const Json::Array& items = value.as_array();
    auto kind = kind_of(items[0]);
    if (!kind) return bad("unknown filter word");
    Filter filter{.kind = *kind};
    if (*kind == Kind::All || *kind == Kind::None) return filter;
    if (is_group(*kind)) {
      for (std::size_t i = 1; i < items.size(); ++i) filter.parts.push_back(TRY(parse(items[i])));
      if (*kind == Kind::Not && filter.parts.size() != 1) return bad("not takes one filter");
      return filter;
    }
    return parse_leaf(std::move(filter), items);
  }

 private:
  Result<Filter> parse_leaf(Filter filter, const Json::Array& items) {
    if (items.size() < 2 || !items[1].is_text()) return bad("a field name is missing");
    filter.field = items[1].as_text();
    std::size_t wanted = filter.kind == Kind::Null ? 2 : 3;
    if (items.size() != wanted) return bad("wrong number of values");
    if (filter.kind == Kind::Null) return filter;
    bool is_list = filter.kind == Kind::In && items[2].is_array();
    if (!is_list) {
      filter.values.push_back(items[2]);
    } else {
      nodes_ += items[2].as_array().size();
      if (nodes_ > limits::kFilterNodesMax) return refuse(ErrorCode::LimitReached, "filter");
      filter.values = items[2].as_array();
    }
    for (const Json& value : filter.values) {
      if (value.is_array()) return bad("a value is a list");
    }
    return filter;
  }

  std::size_t nodes_ = 0;
};

void collect(const Filter& filter, std::vector<std::string>& names) {
  if (!filter.field.empty()) names.push_back(filter.field);
  for (const Filter& part : filter.parts) collect(part, names);
}

}  // namespace

Result<Filter> parse_filter(const Json& value) {
  if (value.is_null()) return Filter{};
  return Parser().parse(value);
}

Json filter_json(const Filter& filter) {
  Json out = Json::array();
  out.push(kWords[static_cast<std::size_t>(filter.kind)].text);
  if (!filter.field.empty()) out.push(filter.field);
  for (const Filter& part : filter.parts) out.push(filter_json(part));
  if (filter.kind == Kind::In) out.push(Json(Json::Array(filter.values)));
  else if (!filter.values.empty()) out.push(filter.values[0]);
  return out;
}

Filter both(Filter a, Filter b) {
  if (a.kind == Kind::All) return b;
  if (b.kind == Kind::All) return a;
  Filter out{.kind = Kind::And};
  out.parts.push_back(std::move(a));
  out.parts.push_back(std::move(b));
  return out;
}

std::vector<std::string> fields_of(const Filter& filter) {
  std::vector<std::string> names;
  collect(filter, names);
  return names;
}

bool matches(const Filter& filter, const Json& row) {
  const Json& value = row[filter.field];
  auto part = [&](const Filter& one) { return matches(one, row); };
  auto is_value = [&](const Json& wanted) { return value == wanted; };
  switch (filter.kind) {
    case Kind::All: return true;
    case Kind::And: return std::ranges::all_of(filter.parts, part);
    case Kind::Or: return std::ranges::any_of(filter.parts, part);
    case Kind::Not: return !std::ranges::any_of(filter.parts, part);
    case Kind::Null: return value.is_null();
    case Kind::Eq:
    case Kind::In: return std::ranges::any_of(filter.values, is_value);
    case Kind::Ne: return !std::ranges::any_of(filter.values, is_value);
    case Kind::Under:
      return value.is_text() && std::ranges::any_of(filter.values, [&](const Json& path) {
               return path.is_text() && value.as_text().starts_with(path.as_text());
             });
    case Kind::Has:
      return value.is_text() && std::ranges::any_of(filter.values, [&](const Json& part_of) {
               return part_of.is_text() && value.as_text().contains(part_of.as_text());
             });
    default: return false;
  }
}

}  // namespace anlan
