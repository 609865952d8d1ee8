#include "access/rights.h"

#include <algorithm>
#include <optional>
#include <set>

namespace anlan::access {
namespace {

using Kind = Filter::Kind;

// In the order of Action and of FieldMode. On disk; never rename.
constexpr std::array<std::string_view, kActionCount> kActionWords{
    "list", "read", "create", "update", "delete", "export", "press", "administer"};
constexpr std::array<std::string_view, 4> kModeWords{"hidden", "masked", "read", "write"};
constexpr std::size_t kRightsMax = 500;   // of one role; ours have 20
constexpr std::size_t kButtonsMax = 100;  // of one right

// One right as the file says it.
struct Entry {
  std::string form;
  std::vector<Action> actions;
  Right right;
  std::vector<std::string> buttons;
};

bool is_name(std::string_view text, std::string_view more = "") {
  auto fits = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || more.contains(c);
  };
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, fits);
}

template <std::size_t size>
std::optional<std::size_t> index_of(const std::array<std::string_view, size>& words,
                                    const Json& word) {
  if (!word.is_text()) return std::nullopt;
  auto found = std::ranges::find(words, std::string_view(word.as_text()));
  if (found == words.end()) return std::nullopt;
  return static_cast<std::size_t>(found - words.begin());
}

// Reads the rights of one role file; every refusal says where it stands.
class Reader {
 public:
  explicit Reader(std::string role) : where_("role " + std::move(role)) {}

  Result<std::vector<Entry>> read(const Json& rights) {
    if (!rights.is_array()) return bad("rights", "is not a list");
    if (rights.as_array().size() > kRightsMax) return bad("rights", "has too many entries");
    std::vector<Entry> out;
    for (std::size_t i = 0; i < rights.as_array().size(); ++i) {
      place_ = "rights[" + std::to_string(i) + "]";
      out.push_back(TRY(read_entry(rights.as_array()[i])));
    }
    return out;
  }

 private:
  std::unexpected<Error> bad(std::string_view member, std::string_view why) const {
    std::string at = place_.empty() ? std::string(member) : place_ + "." + std::string(member);
    return refuse(ErrorCode::BadPack, where_ + ": " + at + " " + std::string(why), at);
  }

  Result<Entry> read_entry(const Json& value) {
    if (!value.is_object()) return bad("", "is not an object");
    constexpr std::array<std::string_view, 5> kMembers{"form", "actions", "scope", "fields",
                                                       "buttons"};
    for (const auto& [name, unused] : value.as_object()) {
      if (std::ranges::find(kMembers, std::string_view(name)) == kMembers.end()) {
        return bad(name, "is not known");
      }
    }
    Entry entry{.form = value.text_or("form", "")};
    if (entry.form != "*" && !is_name(entry.form)) return bad("form", "is not a form's id or *");
    TRY(read_actions(value["actions"], entry));
    TRY(read_scope(value["scope"], entry));
    TRY(read_fields(value["fields"], entry.right.fields));
    TRY(read_buttons(value["buttons"], entry));
    return entry;
  }

  Result<void> read_actions(const Json& value, Entry& entry) {
    if (!value.is_array() || value.as_array().empty()) return bad("actions", "is no list of words");
    for (const Json& word : value.as_array()) {
      std::optional<std::size_t> index = index_of(kActionWords, word);
      if (!index) return bad("actions", "has an unknown word");
      entry.actions.push_back(static_cast<Action>(*index));
    }
    return {};
  }

  Result<void> read_scope(const Json& value, Entry& entry) {
    bool needs_none = std::ranges::all_of(entry.actions, [](Action action) {
      return action == Action::Create || action == Action::Administer;
    });
    Right& right = entry.right;
    right.is_granted = true;
    if (value.is_null()) return needs_none ? Result<void>{} : bad("scope", "is missing");
    if (value.is_text()) {
      if (value.as_text() != "all" && value.as_text() != "none") return bad("scope", "is unknown");
      right.is_granted = value.as_text() == "all";
      return {};
    }
    Result<Filter> scope = parse_filter(value);
    if (!scope) return bad("scope", "is no filter: " + scope.error().detail);
    right.scope = std::move(*scope);
    right.is_granted = right.scope.kind != Kind::None;
    return check_variables(right.scope, right.has_variables);
  }

  Result<void> check_variables(const Filter& filter, bool& has_any) {
    for (const Filter& part : filter.parts) {
      TRY(check_variables(part, has_any));
    }
    for (const Json& value : filter.values) {
      if (!value.is_object()) {
        bool is_path = value.is_text() && value.as_text().starts_with('/');
        if (filter.kind == Kind::Under && !is_path) return bad("scope", "has under without a path");
        continue;
      }
      has_any = true;
      const Json& name = value["var"];
      if (value.as_object().size() != 1 || !name.is_text()) return bad("scope", "has an odd value");
      if (!fits(filter.kind, name.as_text())) {
        return bad("scope", "uses " + name.as_text() + " where it cannot stand");
      }
    }
    return {};
  }

  // A list can only stand where a list is taken; nothing is smaller or greater than a person.
  static bool fits(Kind kind, std::string_view name) {
    bool is_equality = kind == Kind::Eq || kind == Kind::Ne || kind == Kind::In;
    if (name == "me") return is_equality;
    if (name == "my_org") return is_equality || kind == Kind::Under;
    if (name == "my_orgs") return kind == Kind::In || kind == Kind::Under;
    return false;
  }

  Result<void> read_fields(const Json& value, FieldModes& out) {
    if (value.is_null()) return {};
    if (!value.is_object()) return bad("fields", "is not an object");
    if (value.as_object().size() > limits::kFormFieldsMax) return bad("fields", "has too many");
    for (const auto& [name, word] : value.as_object()) {
      std::optional<std::size_t> mode = index_of(kModeWords, word);
      if (!mode) return bad("fields." + name, "is not hidden, masked, read or write");
      if (name == "*") out.fallback = static_cast<FieldMode>(*mode);
      // "items.price": a field of a sub-form's rows.
      else if (is_name(name, ".")) out.named.emplace(name, static_cast<FieldMode>(*mode));
      else return bad("fields", "has an odd name");
    }
    return {};
  }

  Result<void> read_buttons(const Json& value, Entry& entry) {
    bool presses = std::ranges::find(entry.actions, Action::Press) != entry.actions.end();
    if (value.is_null())
      return presses ? bad("buttons", "is missing beside press") : Result<void>{};
    if (!value.is_array()) return bad("buttons", "is not a list");
    if (value.as_array().size() > kButtonsMax) return bad("buttons", "has too many");
    if (!presses) return bad("buttons", "stands without the action press");
    for (const Json& button : value.as_array()) {
      if (!button.is_text() || !is_name(button.as_text(), ".:")) {
        return bad("buttons", "has an odd name");
      }
      entry.buttons.push_back(button.as_text());
    }
    return {};
  }

  std::string where_;
  std::string place_;
};

// A right with variables stays apart: it counts for nothing where one of them has no value.
void unite(std::vector<Right>& into, const Right& more) {
  if (!more.is_granted) return;
  auto is_like = [&](const Right& right) {
    return right.scope == more.scope || !(right.has_variables || more.has_variables);
  };
  auto same = std::ranges::find_if(into, is_like);
  if (same == into.end()) {
    into.push_back(more);
    return;
  }
  raise(same->fields, more.fields);
  widen(same->scope, more.scope);
}

FormRights unite_form(std::string_view form, std::span<const Entry> entries) {
  FormRights out{.form = std::string(form)};
  for (const Entry& entry : entries) {
    if (entry.form != form && entry.form != "*") continue;
    for (Action action : entry.actions) {
      if (action != Action::Press) {
        unite(out.by_action[static_cast<std::size_t>(action)], entry.right);
      } else if (entry.right.is_granted) {
        out.presses.push_back({entry.right, entry.buttons});
      }
    }
  }
  return out;
}

std::vector<FormRights> unite_role(std::span<const Entry> entries) {
  std::set<std::string_view> forms;
  for (const Entry& entry : entries) forms.insert(entry.form);
  std::vector<FormRights> out;
  for (std::string_view form : forms) {
    if (form != "*") out.push_back(unite_form(form, entries));
  }
  if (forms.contains("*")) out.push_back(unite_form("*", entries));
  return out;
}

Result<void> check_role(const Json& role, std::string& id) {
  id = role.text_or("id", "");
  if (!is_name(id)) return refuse(ErrorCode::BadPack, "a role has no proper id", "id");
  auto bad = [&](std::string_view member, std::string_view why) {
    return refuse(ErrorCode::BadPack,
                  "role " + id + ": " + std::string(member) + " " + std::string(why),
                  std::string(member));
  };
  constexpr std::array<std::string_view, 4> kMembers{"format", "id", "name", "rights"};
  for (const auto& [name, unused] : role.as_object()) {
    if (std::ranges::find(kMembers, std::string_view(name)) == kMembers.end()) {
      return bad(name, "is not known");
    }
  }
  if (role.has("format") && role["format"] != Json("anlan.role/1")) {
    return bad("format", "is not anlan.role/1");
  }
  const Json& name = role["name"];
  if (name.is_null()) return {};
  bool has_both = !name.text_or("zh", "").empty() && !name.text_or("en", "").empty();
  return has_both ? Result<void>{} : bad("name", "needs zh and en");
}

}  // namespace

std::string_view action_word(Action action) {
  return kActionWords[static_cast<std::size_t>(action)];
}

void raise(FieldModes& into, const FieldModes& more) {
  auto next = into.named.begin();  // one pass over both, as both are sorted
  auto raise_to = [&](auto stop) {
    for (; next != into.named.end() && (stop == nullptr || next->first < *stop); ++next) {
      next->second = std::max(next->second, more.fallback);
    }
  };
  for (const auto& [name, mode] : more.named) {
    raise_to(&name);
    if (next != into.named.end() && next->first == name) {
      next->second = std::max(next->second, mode);
      ++next;
    } else {
      into.named.emplace_hint(next, name, std::max(mode, into.fallback));
    }
  }
  raise_to(static_cast<const std::string*>(nullptr));
  into.fallback = std::max(into.fallback, more.fallback);
}

void widen(Filter& into, Filter more) {
  if (into.kind == Kind::All || into == more) return;
  if (more.kind == Kind::All) {
    into = std::move(more);
    return;
  }
  if (into.kind != Kind::Or) {
    Filter whole{.kind = Kind::Or};
    whole.parts.push_back(std::move(into));
    into = std::move(whole);
  }
  into.parts.push_back(std::move(more));
}

Result<RoleBook> read_roles(std::span<const Json> roles) {
  std::map<std::string, std::vector<Entry>, std::less<>> entries;
  std::map<std::string, Json, std::less<>> names;
  for (const Json& role : roles) {
    std::string id;
    if (!role.is_object()) return refuse(ErrorCode::BadPack, "a role is not an object");
    TRY(check_role(role, id));
    std::vector<Entry> more = TRY(Reader(id).read(role["rights"]));
    std::vector<Entry>& all = entries[id];
    all.insert(all.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
    if (role["name"].is_null()) continue;
    auto [known, is_new] = names.emplace(id, role["name"]);
    if (!is_new && known->second != role["name"]) {
      return refuse(ErrorCode::BadPack, "role " + id + ": two packs name it differently", "name");
    }
  }
  RoleBook book;
  for (const auto& [id, list] : entries) {
    auto name = names.find(id);
    if (name == names.end())
      return refuse(ErrorCode::BadPack, "role " + id + " has no name", "name");
    book.forms.emplace(id, unite_role(list));
    book.names.push(Json::object({{"id", id}, {"name", name->second}}));
  }
  return book;
}

}  // namespace anlan::access
