#include "access/policy.h"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <utility>

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
  void add_node(const FieldModes& fields, std::span<const std::string> buttons) {
    verdict.allowed = true;
    verdict.scope = Filter{};
    raise(verdict.fields, fields);
    add_buttons(verdict.buttons, buttons);
  }

  Verdict verdict{};
  std::vector<const Right*> counted{};  // rights

 private:
  void add(const Right& right, const Resolver& resolver) {
    if (!right.has_variables) return add_scoped(right, right.scope);
    std::optional<Filter> scope = resolver.resolve(right.scope);
    if (scope && scope->kind != Kind::None) add_scoped(right, std::move(*scope));
  }
  void add_scoped(const Right& right, Filter scope) {
    counted.push_back(&right);
    if (std::exchange(verdict.allowed, true)) widen(verdict.scope, std::move(scope));
    else verdict.scope = std::move(scope);
  }
};

bool node_allows(const NodeRights& node, const Ask& ask) {
  if (ask.action == Action::Read) return true;
  if (ask.action == Action::Press) return has(node.buttons, ask.button);
  if (ask.action != Action::Update) return false;
  if (node.fields.fallback == FieldMode::Write) return true;
  return std::ranges::any_of(node.fields.named, [](const ModeTable::Item& item) {
    return item.second == FieldMode::Write;
  });
}

std::string why_not(const Ask& ask) {
  std::string reason = "no role of this person allows ";
  reason += action_word(ask.action);
  if (!ask.button.empty()) reason += " of " + ask.button;
  return reason + " on " + ask.form;
}

}  // namespace

// Masks of several rights together, made once each: a role set has few of them.
class MaskCache {
 public:
  template <class Make>
  FieldModes of(std::vector<uint32_t> rights, Make make) {
    {
      std::shared_lock lock(mutex_);
      auto known = masks_.find(rights);
      if (known != masks_.end()) return known->second;
    }
    FieldModes mask = make();
    std::unique_lock lock(mutex_);
    if (masks_.size() >= kMasksMax) masks_.clear();
    masks_.emplace(std::move(rights), mask);
    return mask;
  }

 private:
  static constexpr std::size_t kMasksMax = 10'000;  // forms x actions x role sets of a plant

  std::shared_mutex mutex_;
  std::map<std::vector<uint32_t>, FieldModes> masks_;
};

struct Policy::Book {
  RoleBook roles;
  std::map<std::string, FormFrame, std::less<>> frames;
  mutable MaskCache masks;

  const FormFrame* frame(std::string_view form) const {
    auto found = frames.find(form);
    return found == frames.end() ? nullptr : &found->second;
  }
  const FormRights* rights(std::string_view role, std::string_view form) const {
    auto found = roles.forms.find(role);
    if (found == roles.forms.end()) return nullptr;
    auto named = found->second.find(form);
    if (named == found->second.end()) named = found->second.find("*");
    return named == found->second.end() ? nullptr : &named->second;
  }
  FieldModes mask(std::span<const Right* const> rights, const Ask& ask) const {
    if (rights.empty()) return {};
    if (rights.size() == 1) return rights.front()->mask;
    std::vector<uint32_t> ids;
    ids.reserve(rights.size());
    for (const Right* right : rights) ids.push_back(right->id);
    return masks.of(std::move(ids), [&] { return mask_of(rights, frame(ask.form), ask.action); });
  }
};

Result<Policy> Policy::compile(std::span<const Json> roles, std::span<const FormFrame> forms) {
  auto book = std::make_shared<Book>();
  book->roles = TRY(read_roles(roles, forms));
  for (const FormFrame& form : forms) book->frames.emplace(form.id, form);
  Policy policy;
  policy.roles_ = book->roles.names;
  policy.book_ = std::move(book);
  return policy;
}

const std::vector<Policy::Scope>& Policy::scopes() const {
  static const std::vector<Scope> kNone;
  return book_ ? book_->roles.scopes : kNone;
}

const std::vector<Policy::RightNote>& Policy::rights() const {
  static const std::vector<RightNote> kNone;
  return book_ ? book_->roles.notes : kNone;
}

Policy::RoleView Policy::of_role(std::string_view role, std::string_view form,
                                 Action action) const {
  RoleView out;
  const FormRights* rights = book_ ? book_->rights(role, form) : nullptr;
  if (rights == nullptr) return out;
  std::vector<const Right*> counted;
  auto add = [&](const Right& right) {
    counted.push_back(&right);
    if (std::exchange(out.is_granted, true)) widen(out.scope, right.scope);
    else out.scope = right.scope;
  };
  for (const Right& right : rights->of(action)) add(right);
  for (const PressRight& press : rights->presses) {
    if (action != Action::Press) continue;
    add(press.right);
    add_buttons(out.buttons, press.buttons);
  }
  out.fields = book_->mask(counted, {.form = std::string(form), .action = action});
  return out;
}

FieldMode Policy::mode_by(const RightNote& right, std::string_view form,
                          std::string_view field) const {
  const FieldMode* named = right.fields.named.find(field);
  if (named != nullptr) return *named;
  const FormFrame* frame = book_ ? book_->frame(form) : nullptr;
  bool is_secret = frame != nullptr && std::ranges::contains(frame->secrets, field);
  return is_secret ? FieldMode::Hidden : right.fields.fallback;
}

std::optional<Filter> Policy::scope_by(const RightNote& right, const Subject& holder) const {
  if (!right.is_granted) return std::nullopt;
  return Resolver(holder, right.role).resolve(right.scope);
}

FieldMode Policy::ceiling_of(std::string_view form, std::string_view field) const {
  const FormFrame* frame = book_ ? book_->frame(form) : nullptr;
  if (frame == nullptr) return FieldMode::Write;
  for (const auto& [key, most] : frame->ceilings) {
    if (key == field) return most;
  }
  return FieldMode::Write;
}

FieldModes Policy::capped(std::string_view form, const FieldModes& node) const {
  FieldModes out = node;
  const FormFrame* frame = book_ ? book_->frame(form) : nullptr;
  if (frame == nullptr) return out;
  for (const auto& [field, most] : frame->ceilings) {
    out.named[field] = std::min(node.of(field), most);
  }
  return out;
}

Verdict Policy::may(const Subject& subject, const Ask& ask, const NodeRights* node) const {
  if (!may_work(subject)) return {.reason = "the first password must be changed"};
  Union sum;
  for (std::size_t i = 0; book_ && i < subject.grants.size(); ++i) {
    const std::string& role = subject.grants[i].role;
    auto is_same = [&](const Grant& earlier) { return earlier.role == role; };
    if (std::any_of(subject.grants.begin(), subject.grants.begin() + static_cast<long>(i),
                    is_same)) {
      continue;
    }
    const FormRights* rights = book_->rights(role, ask.form);
    if (rights != nullptr) sum.add_role(*rights, ask, {subject, role});
  }
  if (sum.verdict.allowed) sum.verdict.fields = book_->mask(sum.counted, ask);
  if (!ask.state.empty()) sum.verdict.fields = FieldModes(sum.verdict.fields.in(ask.state));
  if (node != nullptr && node_allows(*node, ask)) {
    sum.add_node(capped(ask.form, node->fields), node->buttons);
  }
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
