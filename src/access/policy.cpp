#include "access/policy.h"

#include <algorithm>
#include <array>
#include <optional>

#include "access/rights.h"

namespace anlan::access {
namespace {

using Kind = Filter::Kind;

bool has(std::span<const std::string> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

void add_buttons(std::vector<std::string>& into, std::span<const std::string> more) {
  for (const std::string& button : more) {
    if (!has(into, button)) into.push_back(button);
  }
}

// Replaces the variables of a role's row scope. Nothing comes back where a variable has no value:
// under a "not" an empty value would open every row instead of none.
class Resolver {
 public:
  Resolver(const Subject& subject, std::string_view role) : subject_(subject), role_(role) {}

  std::optional<Filter> resolve(const Filter& scope) const {
    if (scope.kind == Kind::Under) return resolve_under(scope);
    Filter out{.kind = scope.kind, .field = scope.field};
    for (const Filter& part : scope.parts) {
      std::optional<Filter> resolved = resolve(part);
      if (!resolved) return std::nullopt;
      out.parts.push_back(std::move(*resolved));
    }
    for (const Json& value : scope.values) {
      std::vector<std::string> texts = values_of(value);
      if (value.is_object() && texts.empty()) return std::nullopt;
      if (!value.is_object()) out.values.push_back(value);
      for (std::string& text : texts) out.values.emplace_back(std::move(text));
    }
    return out;
  }

 private:
  std::optional<Filter> resolve_under(const Filter& scope) const {
    const Json& value = scope.values.front();
    std::vector<std::string> paths = values_of(value);
    if (!value.is_object()) paths.push_back(value.as_text());
    if (paths.empty()) return std::nullopt;
    Filter out{.kind = Kind::Or};
    for (std::string& path : paths) {
      if (path == "/") return Filter{.kind = Kind::All};
      out.parts.push_back(
          {.kind = Kind::Under, .field = scope.field, .values = {Json(std::move(path))}});
    }
    if (out.parts.size() == 1) return std::move(out.parts.front());
    return out;
  }

  std::vector<std::string> values_of(const Json& value) const {
    std::vector<std::string> out;
    if (!value.is_object()) return out;
    const std::string& name = value["var"].as_text();
    if (name == "me" && !subject_.person.is_nil()) out.push_back(subject_.person.text());
    if (name == "my_org" && !subject_.org_path.empty()) out.push_back(subject_.org_path);
    if (name != "my_orgs") return out;
    for (const Grant& grant : subject_.grants) {
      if (grant.role == role_ && !grant.org_path.empty()) out.push_back(grant.org_path);
    }
    return out;
  }

  const Subject& subject_;
  std::string_view role_;
};

// Sums up what the rights of all roles allow.
class Union {
 public:
  void add_role(const FormRights& rights, const Ask& ask, const Resolver& resolver) {
    for (const PressRight& press : rights.presses) {
      add_buttons(verdict.buttons, press.buttons);
      bool is_asked = ask.action == Action::Press && has(press.buttons, ask.button);
      if (is_asked) add(press.right, resolver);
    }
    if (ask.action == Action::Press) return;
    for (const Right& right : rights.of(ask.action)) add(right, resolver);
  }
  void add_node(const NodeRights& node) {
    verdict.allowed = true;
    verdict.scope = Filter{};
    raise(verdict.fields, node.fields);
    add_buttons(verdict.buttons, node.buttons);
  }

  Verdict verdict{};

 private:
  void add(const Right& right, const Resolver& resolver) {
    if (!right.has_variables) return add_scoped(right, right.scope);
    std::optional<Filter> scope = resolver.resolve(right.scope);
    if (scope && scope->kind != Kind::None) add_scoped(right, std::move(*scope));
  }
  void add_scoped(const Right& right, Filter scope) {
    if (!verdict.allowed) {
      verdict.allowed = true;
      verdict.fields = right.fields;
      verdict.scope = std::move(scope);
      return;
    }
    raise(verdict.fields, right.fields);
    widen(verdict.scope, std::move(scope));
  }
};

bool node_allows(const NodeRights& node, const Ask& ask) {
  if (ask.action == Action::Read) return true;
  if (ask.action == Action::Press) return has(node.buttons, ask.button);
  if (ask.action != Action::Update) return false;
  if (node.fields.fallback == FieldMode::Write) return true;
  return std::ranges::any_of(node.fields.named,
                             [](const auto& item) { return item.second == FieldMode::Write; });
}

std::string why_not(const Ask& ask) {
  std::string reason = "no role of this person allows ";
  reason += action_word(ask.action);
  if (!ask.button.empty()) reason += " of " + ask.button;
  return reason + " on " + ask.form;
}

}  // namespace

FieldMode FieldModes::of(std::string_view field) const {
  auto found = named.find(field);
  return found == named.end() ? fallback : found->second;
}

struct Policy::Rule {
  FormRights rights;
};

Result<Policy> Policy::compile(std::span<const Json> roles) {
  RoleBook book = TRY(read_roles(roles));
  auto rules = std::make_shared<Rules>();
  for (auto& [role, forms] : book.forms) {
    std::vector<Rule>& list = (*rules)[role];
    for (FormRights& form : forms) list.push_back({std::move(form)});
  }
  Policy policy;
  policy.rules_ = std::move(rules);
  policy.roles_ = std::move(book.names);
  return policy;
}

Verdict Policy::may(const Subject& subject, const Ask& ask, const NodeRights* node) const {
  if (!may_work(subject)) return {.reason = "the first password must be changed"};
  Union sum;
  for (std::size_t i = 0; rules_ && i < subject.grants.size(); ++i) {
    const std::string& role = subject.grants[i].role;
    auto is_same = [&](const Grant& earlier) { return earlier.role == role; };
    if (std::any_of(subject.grants.begin(), subject.grants.begin() + static_cast<long>(i),
                    is_same)) {
      continue;
    }
    auto found = rules_->find(role);
    if (found == rules_->end()) continue;
    auto is_for_form = [&](const Rule& rule) {
      return rule.rights.form == ask.form || rule.rights.form == "*";
    };
    auto rule = std::ranges::find_if(found->second, is_for_form);
    if (rule != found->second.end()) sum.add_role(rule->rights, ask, {subject, role});
  }
  if (node != nullptr && node_allows(*node, ask)) sum.add_node(*node);
  if (!sum.verdict.allowed) return {.reason = why_not(ask)};
  return std::move(sum.verdict);
}

Result<void> check_separation(PersonId person, std::span<const std::string> excluded,
                              std::span<const Participation> past) {
  for (const Participation& act : past) {
    if (act.person != person) continue;
    if (!has(excluded, act.node)) continue;
    return refuse(ErrorCode::SeparationOfDuty, "took part in " + act.node);
  }
  return {};
}

}  // namespace anlan::access
