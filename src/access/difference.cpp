#include "access/difference.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace anlan::access {
namespace {

using Change = Difference::Change;
using Kind = Filter::Kind;

constexpr std::array<std::string_view, 4> kModes{"hidden", "masked", "read", "write"};
constexpr std::array<std::string_view, 9> kChanges{"gains_action", "loses_action", "more_rows",
                                                   "fewer_rows",   "other_rows",   "gains_field",
                                                   "loses_field",  "gains_button", "loses_button"};

std::set<std::string> roles_of(const Policy& before, const Policy& after) {
  std::set<std::string> out;
  for (const Policy* policy : {&before, &after}) {
    for (const Policy::RightNote& right : policy->rights()) out.insert(right.role);
  }
  return out;
}

// Forms of the packs first, then what has none.
std::vector<FormShape> shapes_of(const Policy& before, const Policy& after,
                                 std::span<const FormShape> forms) {
  std::vector<FormShape> out(forms.begin(), forms.end());
  std::set<std::string> others;
  for (const Policy* policy : {&before, &after}) {
    for (const Policy::RightNote& right : policy->rights()) others.insert(right.form);
  }
  for (const std::string& id : others) {
    if (!std::ranges::contains(out, id, &FormShape::id)) out.push_back({.id = id});
  }
  return out;
}

class Comparison {
 public:
  Comparison(const Policy& before, const Policy& after) : before_(before), after_(after) {}

  void add(const std::string& role, const FormShape& form, Action action) {
    Policy::RoleView was = before_.of_role(role, form.id, action);
    Policy::RoleView is = after_.of_role(role, form.id, action);
    Difference one{.role = role, .form = form.id, .action = action};
    one.rows_before = was.scope;
    one.rows_after = is.scope;
    if (was.is_granted != is.is_granted) {
      one.change = is.is_granted ? Change::GainsAction : Change::LosesAction;
      out.push_back(one);
    } else if (is.is_granted && was.scope != is.scope) {
      one.change = was.scope.kind == Kind::All  ? Change::FewerRows
                   : is.scope.kind == Kind::All ? Change::MoreRows
                                                : Change::OtherRows;
      out.push_back(one);
    }
    if (action == Action::Press) return add_buttons(one, was, is);
    if (was.is_granted || is.is_granted) add_fields(one, form, was.fields, is.fields);
  }

  std::vector<Difference> out;

 private:
  void add_buttons(Difference one, const Policy::RoleView& was, const Policy::RoleView& is) {
    auto note = [&](const Policy::RoleView& from, const Policy::RoleView& to, Change change) {
      for (const std::string& button : to.buttons) {
        if (std::ranges::contains(from.buttons, button)) continue;
        one.change = change;
        one.name = button;
        out.push_back(one);
      }
    };
    note(was, is, Change::GainsButton);
    note(is, was, Change::LosesButton);
  }

  // States in which a field changes alike are told together.
  void add_fields(Difference one, const FormShape& form, const FieldModes& was,
                  const FieldModes& is) {
    bool has_states = was.by_state || is.by_state;
    for (const std::string& field : form.fields) {
      std::map<std::pair<FieldMode, FieldMode>, std::vector<std::string>> changes;
      if (!has_states && was.of(field) != is.of(field)) changes[{was.of(field), is.of(field)}];
      for (const std::string& state : form.states) {
        std::pair modes{was.in(state).of(field), is.in(state).of(field)};
        if (has_states && modes.first != modes.second) changes[modes].push_back(state);
      }
      for (auto& [modes, states] : changes) {
        one.change = modes.second > modes.first ? Change::GainsField : Change::LosesField;
        one.name = field;
        one.states = states.size() == form.states.size() ? std::vector<std::string>{} : states;
        one.mode_before = modes.first;
        one.mode_after = modes.second;
        out.push_back(one);
      }
    }
  }

  const Policy& before_;
  const Policy& after_;
};

}  // namespace

std::vector<Difference> difference(const Policy& before, const Policy& after,
                                   std::span<const FormShape> forms) {
  Comparison comparison(before, after);
  std::vector<FormShape> shapes = shapes_of(before, after, forms);
  for (const std::string& role : roles_of(before, after)) {
    for (const FormShape& form : shapes) {
      for (std::size_t action = 0; action < kActionCount; ++action) {
        comparison.add(role, form, static_cast<Action>(action));
      }
    }
  }
  return std::move(comparison.out);
}

Json difference_json(const Difference& one) {
  Json out = Json::object({{"change", kChanges[static_cast<std::size_t>(one.change)]},
                           {"role", one.role},
                           {"form", one.form},
                           {"action", action_word(one.action)}});
  bool is_field = one.change == Change::GainsField || one.change == Change::LosesField;
  bool is_button = one.change == Change::GainsButton || one.change == Change::LosesButton;
  if (is_field || is_button) out.set("name", one.name);
  if (is_field) {
    Json states = Json::array();
    for (const std::string& state : one.states) states.push(state);
    out.set("states", std::move(states));
    out.set("before", kModes[static_cast<std::size_t>(one.mode_before)]);
    out.set("after", kModes[static_cast<std::size_t>(one.mode_after)]);
  } else {
    out.set("rows_before", filter_json(one.rows_before));
    out.set("rows_after", filter_json(one.rows_after));
  }
  return out;
}

}  // namespace anlan::access
