#include "access/rights.h"

#include <algorithm>
#include <optional>
#include <set>

#include "rules/rules.h"

namespace anlan::access {
namespace {

using Kind = Filter::Kind;

// In the order of Action and of FieldMode. On disk; never rename.
constexpr std::array<std::string_view, kActionCount> kActionWords{
    "list", "read", "create", "update", "delete", "export", "press", "administer", "aggregate"};
constexpr std::array<std::string_view, 4> kModeWords{"hidden", "masked", "read", "write"};
constexpr std::size_t kRightsMax = 500;   // of one role; ours have 20
constexpr std::size_t kButtonsMax = 100;  // of one right

constexpr std::size_t kStatesMax = 100;  // of one right; the most of our forms is 12

// Buttons that may be pressed on the same rows: those of the right, or fewer where they say when.
struct Buttons {
  std::vector<std::string> names;
  std::optional<Filter> when;
};

// One right as the file says it.
struct Entry {
  std::string form;
  std::vector<Action> actions;
  Right right;
  std::vector<Buttons> buttons;
  std::string place;  // "rights[3]"
};

using Frames = std::span<const FormFrame>;

const FormFrame* find_frame(Frames forms, std::string_view id) {
  auto found = std::ranges::find(forms, id, &FormFrame::id);
  return found == forms.end() ? nullptr : &*found;
}

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
  Reader(std::string role, Frames forms) : where_("role " + std::move(role)), forms_(forms) {}

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
    constexpr std::array<std::string_view, 6> kMembers{"form",  "actions", "states",
                                                       "scope", "fields",  "buttons"};
    for (const auto& [name, unused] : value.as_object()) {
      if (std::ranges::find(kMembers, std::string_view(name)) == kMembers.end()) {
        return bad(name, "is not known");
      }
    }
    Entry entry{.form = value.text_or("form", ""), .place = place_};
    if (entry.form != "*" && !is_name(entry.form)) return bad("form", "is not a form's id or *");
    TRY(read_actions(value["actions"], entry));
    TRY(read_scope(value["scope"], entry));
    TRY(read_states(value["states"], entry));
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
    if (value.is_text() && !value.as_text().starts_with('=')) {
      if (value.as_text() != "all" && value.as_text() != "none") return bad("scope", "is unknown");
      right.is_granted = value.as_text() == "all";
      return {};
    }
    right.scope = TRY(read_filter(value, "scope"));
    right.is_granted = right.scope.kind != Kind::None;
    return check_variables(right.scope, right.has_variables);
  }

  // FEEL behind "=", else the filter itself.
  Result<Filter> read_filter(const Json& value, std::string_view member) {
    bool is_feel = value.is_text() && value.as_text().starts_with('=');
    Result<Filter> filter =
        is_feel ? rules::filter_of(value.as_text().substr(1)) : parse_filter(value);
    if (!filter) return bad(member, "is no filter: " + filter.error().detail);
    return filter;
  }

  // The states of the record in which the right holds.
  Result<void> read_states(const Json& value, Entry& entry) {
    if (value.is_null()) return {};
    bool is_list =
        value.is_array() && !value.as_array().empty() && value.as_array().size() <= kStatesMax;
    if (!is_list) return bad("states", "is no list of words");
    for (Action action : entry.actions) {
      bool has_rows = action != Action::Create && action != Action::Administer;
      if (!has_rows) return bad("states", "can't stand beside create or administer");
    }
    const FormFrame* form = find_frame(forms_, entry.form);
    if (form == nullptr) return bad("states", "needs a form that has states");
    Filter in{.kind = Kind::In, .field = "state"};
    for (const Json& state : value.as_array()) {
      bool is_known = state.is_text() && std::ranges::contains(form->states, state.as_text());
      if (!is_known) return bad("states", "has a word that is no state of " + entry.form);
      entry.right.states.push_back(state.as_text());
      in.values.push_back(state);
    }
    entry.right.scope = both(std::move(in), std::move(entry.right.scope));
    return {};
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
    Buttons always;
    for (const Json& button : value.as_array()) {
      const Json& name = button.is_object() ? button["id"] : button;
      if (!name.is_text() || !is_name(name.as_text(), ".:")) {
        return bad("buttons", "has an odd name");
      }
      if (!button.is_object()) always.names.push_back(name.as_text());
      else entry.buttons.push_back(TRY(read_condition(button, entry.right)));
    }
    if (!always.names.empty()) entry.buttons.push_back(std::move(always));
    return {};
  }

  // {"id": "reopen", "when": "=FEEL over the record"}.
  Result<Buttons> read_condition(const Json& button, Right& right) {
    const Json& when = button["when"];
    bool is_right =
        button.as_object().size() == 2 && when.is_text() && when.as_text().starts_with('=');
    if (!is_right) return bad("buttons", "needs id and when, and when is =FEEL");
    Filter condition = TRY(read_filter(when, "buttons"));
    Buttons out{.names = {button["id"].as_text()}, .when = std::move(condition)};
    TRY(check_variables(*out.when, right.has_variables));
    return out;
  }

  std::string where_;
  std::string place_;
  Frames forms_;
};

// A right with variables stays apart: it counts for nothing where one of them has no value.
void unite(std::vector<Right>& into, const Right& more) {
  if (!more.is_granted) return;
  auto is_like = [&](const Right& right) {
    if (right.states != more.states) return false;
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

// "*" does not mean a secret field.
FieldModes without_secrets(FieldModes modes, const FormFrame* form) {
  if (form == nullptr) return modes;
  for (const std::string& secret : form->secrets) modes.named.emplace(secret, FieldMode::Hidden);
  return modes;
}

FormRights unite_form(std::string_view form, std::span<const Entry> entries, Frames forms) {
  FormRights out{.form = std::string(form)};
  const FormFrame* frame = find_frame(forms, form);
  for (const Entry& entry : entries) {
    if (entry.form != form && entry.form != "*") continue;
    Right right = entry.right;
    right.fields = without_secrets(std::move(right.fields), frame);
    for (Action action : entry.actions) {
      if (action != Action::Press) {
        unite(out.by_action[static_cast<std::size_t>(action)], right);
        continue;
      }
      for (const Buttons& buttons : entry.buttons) {
        if (!right.is_granted) continue;
        Right press = right;
        if (buttons.when) press.scope = both(std::move(press.scope), *buttons.when);
        out.presses.push_back({std::move(press), buttons.names});
      }
    }
  }
  return out;
}

RoleForms unite_role(std::span<const Entry> entries, Frames forms) {
  std::set<std::string_view> named;
  for (const Entry& entry : entries) named.insert(entry.form);
  if (named.contains("*")) {
    for (const FormFrame& form : forms) named.insert(form.id);
  }
  RoleForms out;
  for (std::string_view form : named) {
    out.emplace(std::string(form), unite_form(form, entries, forms));
  }
  return out;
}

// Numbers each right of each question, and makes its mask.
void finish(RoleBook& book, Frames forms) {
  uint32_t next = 0;
  for (auto& [role, by_form] : book.forms) {
    for (auto& [id, form] : by_form) {
      const FormFrame* frame = find_frame(forms, id);
      auto number = [&](Right& right, Action action) {
        right.id = ++next;
        const Right* one = &right;
        right.mask = mask_of(std::span(&one, 1), frame, action);
      };
      for (std::size_t action = 0; action < kActionCount; ++action) {
        for (Right& right : form.by_action[action]) number(right, static_cast<Action>(action));
      }
      for (PressRight& press : form.presses) number(press.right, Action::Press);
    }
  }
}

void note_rights(const std::string& role, std::span<const Entry> entries, RoleBook& book) {
  for (const Entry& entry : entries) {
    std::string place = "role " + role + ": " + entry.place;
    const Right& right = entry.right;
    if (right.scope.kind != Kind::All) {
      book.scopes.push_back({place + ".scope", entry.form, right.scope});
    }
    std::vector<std::string> names;
    for (const Buttons& buttons : entry.buttons) {
      names.insert(names.end(), buttons.names.begin(), buttons.names.end());
      if (buttons.when) book.scopes.push_back({place + ".buttons", entry.form, *buttons.when});
    }
    book.notes.push_back({.role = role,
                          .place = entry.place,
                          .form = entry.form,
                          .actions = entry.actions,
                          .states = right.states,
                          .is_granted = right.is_granted,
                          .scope = right.scope,
                          .fields = right.fields,
                          .buttons = std::move(names)});
  }
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

FieldModes mask_of(std::span<const Right* const> rights, const FormFrame* form, Action action) {
  bool has_locks = form != nullptr && !form->locked_states.empty() && action != Action::Create;
  bool has_states =
      form != nullptr && !form->states.empty() &&
      (has_locks || std::ranges::any_of(rights, [](auto* one) { return !one->states.empty(); }));
  auto together = [&](const std::string* state) {
    std::optional<FieldModes> modes;
    for (const Right* right : rights) {
      bool holds =
          state == nullptr || right->states.empty() || std::ranges::contains(right->states, *state);
      if (!holds) continue;
      if (!modes) modes = right->fields;
      else raise(*modes, right->fields);
    }
    return modes;
  };
  if (!has_states) return together(nullptr).value_or(FieldModes{});
  std::vector<StateModes> by_state;
  std::optional<FieldModes> least;
  for (const std::string& state : form->states) {
    std::optional<FieldModes> modes = together(&state);
    if (!modes) {  // rows in this state are out of reach
      by_state.push_back({state, {}});
      continue;
    }
    bool is_locked = has_locks && std::ranges::contains(form->locked_states, state);
    if (is_locked) cap(*modes, FieldMode::Read);
    if (!least) least = *modes;
    else lower(*least, *modes);
    by_state.push_back({state, std::move(*modes)});
  }
  FieldModes out = least.value_or(FieldModes{});
  out.by_state = std::make_shared<const std::vector<StateModes>>(std::move(by_state));
  return out;
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

Result<RoleBook> read_roles(std::span<const Json> roles, Frames forms) {
  std::map<std::string, std::vector<Entry>, std::less<>> entries;
  std::map<std::string, Json, std::less<>> names;
  for (const Json& role : roles) {
    std::string id;
    if (!role.is_object()) return refuse(ErrorCode::BadPack, "a role is not an object");
    TRY(check_role(role, id));
    std::vector<Entry> more = TRY(Reader(id, forms).read(role["rights"]));
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
    book.forms.emplace(id, unite_role(list, forms));
    note_rights(id, list, book);
    book.names.push(Json::object({{"id", id}, {"name", name->second}}));
  }
  finish(book, forms);
  return book;
}

}  // namespace anlan::access
