#include <gtest/gtest.h>

#include "access/access.h"

namespace anlan::access {
namespace {

Json json(std::string_view text) { return parse_json(text).value(); }

Json role(std::string_view id, std::string_view rights) {
  Json out = Json::object({{"id", id}, {"name", json(R"({"zh":"角色","en":"Role"})")}});
  out.set("rights", json(rights));
  return out;
}

Policy policy(std::vector<Json> roles) { return Policy::compile(roles).value(); }

std::string refusal(const Json& role) {
  Result<Policy> compiled = Policy::compile(std::span(&role, 1));
  if (compiled) return "accepted";
  EXPECT_EQ(compiled.error().code, ErrorCode::BadPack);
  return compiled.error().detail;
}

PersonId person(uint8_t last) {
  PersonId id;
  id.uuid.bytes[15] = last;
  return id;
}

Subject holder(std::vector<Grant> grants) {
  return {.actor = {Actor::Kind::Person, person(7)},
          .person = person(7),
          .org_path = "/AL/WS1/",
          .grants = std::move(grants)};
}

std::string scope_of(const Verdict& verdict) { return write_json(filter_json(verdict.scope)); }

TEST(Policy, DeniesByDefault) {
  Policy empty;
  Subject subject = holder({{"worker", "/"}});
  EXPECT_FALSE(empty.may(subject, {.form = "hazard", .action = Action::Read}).allowed);
  Policy some = policy({role("worker", R"([{"form":"hazard","actions":["read"],"scope":"all"}])")});
  EXPECT_TRUE(some.may(subject, {.form = "hazard", .action = Action::Read}).allowed);
  for (Action action : {Action::List, Action::Create, Action::Update, Action::Delete,
                        Action::Export, Action::Press, Action::Administer}) {
    Verdict verdict = some.may(subject, {.form = "hazard", .action = action, .button = "close"});
    EXPECT_FALSE(verdict.allowed);
    EXPECT_EQ(verdict.scope.kind, Filter::Kind::None);
    EXPECT_EQ(verdict.fields.of("level"), FieldMode::Hidden);
    EXPECT_FALSE(verdict.reason.empty());
  }
  EXPECT_FALSE(some.may(subject, {.form = "permit", .action = Action::Read}).allowed);
  EXPECT_FALSE(some.may(Subject{}, {.form = "hazard", .action = Action::Read}).allowed);
  EXPECT_FALSE(
      some.may(holder({{"boss", "/"}}), {.form = "hazard", .action = Action::Read}).allowed);
}

TEST(Policy, HidesEveryFieldThatIsNotNamed) {
  Policy rules = policy({role("worker", R"([{"form":"hazard","actions":["read"],"scope":"all",
      "fields":{"level":"read","phone":"masked"}}])")});
  Verdict verdict =
      rules.may(holder({{"worker", "/"}}), {.form = "hazard", .action = Action::Read});
  EXPECT_EQ(verdict.fields.of("level"), FieldMode::Read);
  EXPECT_EQ(verdict.fields.of("phone"), FieldMode::Masked);
  EXPECT_EQ(verdict.fields.of("reporter"), FieldMode::Hidden);
}

TEST(Policy, TakesTheHigherModeOfEveryFieldAndTheRowsOfEither) {
  Policy rules = policy(
      {role("worker", R"([{"form":"hazard","actions":["read"],"scope":["eq","state","open"],
          "fields":{"*":"read","reporter":"hidden","phone":"masked"}}])"),
       role("leader",
            R"([{"form":"hazard","actions":["read"],"scope":["under","org_path",{"var":"my_orgs"}],
          "fields":{"*":"hidden","reporter":"read","level":"write"}}])")});
  Verdict verdict = rules.may(holder({{"worker", "/"}, {"leader", "/AL/WS1/"}}),
                              {.form = "hazard", .action = Action::Read});
  EXPECT_EQ(verdict.fields.of("reporter"), FieldMode::Read);
  EXPECT_EQ(verdict.fields.of("level"), FieldMode::Write);
  EXPECT_EQ(verdict.fields.of("phone"), FieldMode::Masked);
  EXPECT_EQ(verdict.fields.of("anything"), FieldMode::Read);
  EXPECT_EQ(scope_of(verdict), R"(["or",["eq","state","open"],["under","org_path","/AL/WS1/"]])");
}

TEST(Policy, HiddenInOneRoleTakesNothingFromAnother) {
  Json a = role("a", R"([{"form":"f","actions":["read"],"scope":"all","fields":{"x":"hidden"}}])");
  Json b = role("b", R"([{"form":"f","actions":["read"],"scope":"all","fields":{"*":"write"}}])");
  Policy rules = policy({a, b});
  for (auto grants : {std::vector<Grant>{{"a", "/"}, {"b", "/"}}, {{"b", "/"}, {"a", "/"}}}) {
    Verdict verdict = rules.may(holder(grants), {.form = "f", .action = Action::Read});
    EXPECT_EQ(verdict.fields.of("x"), FieldMode::Write);
    EXPECT_EQ(verdict.fields.of("y"), FieldMode::Write);
  }
}

TEST(Policy, UnitesSeveralRightsOfOneRoleOnOneForm) {
  Policy rules = policy({role("worker", R"([
      {"form":"hazard","actions":["read","list"],"scope":["eq","reporter",{"var":"me"}],
       "fields":{"a":"write"}},
      {"form":"hazard","actions":["read"],"scope":"all","fields":{"b":"read"}},
      {"form":"*","actions":["read"],"scope":["eq","state","shared"],"fields":{"c":"masked"}}])")});
  Subject subject = holder({{"worker", "/"}});
  Verdict verdict = rules.may(subject, {.form = "hazard", .action = Action::Read});
  EXPECT_EQ(verdict.scope.kind, Filter::Kind::All);
  EXPECT_EQ(verdict.fields.of("a"), FieldMode::Write);
  EXPECT_EQ(verdict.fields.of("b"), FieldMode::Read);
  EXPECT_EQ(verdict.fields.of("c"), FieldMode::Masked);
  EXPECT_EQ(scope_of(rules.may(subject, {.form = "hazard", .action = Action::List})),
            R"(["eq","reporter",")" + person(7).text() + R"("])");
  EXPECT_EQ(scope_of(rules.may(subject, {.form = "device", .action = Action::Read})),
            R"(["eq","state","shared"])");
}

TEST(Policy, PutsTheCallerIntoTheRowScope) {
  Policy rules = policy({role("leader", R"([{"form":"hazard","actions":["list"],
      "scope":["or",["under","org_path",{"var":"my_orgs"}],["in","owner",[{"var":"me"},"x"]],
               ["eq","org_path",{"var":"my_org"}],["not",["in","place",{"var":"my_orgs"}]]]}])")});
  Subject subject = holder({{"leader", "/AL/WS1/"}, {"leader", "/AL/WS2/"}, {"other", "/AL/WS9/"}});
  Verdict verdict = rules.may(subject, {.form = "hazard", .action = Action::List});
  EXPECT_EQ(scope_of(verdict),
            R"(["or",["or",["under","org_path","/AL/WS1/"],["under","org_path","/AL/WS2/"]],)"
            R"(["in","owner",[")" +
                person(7).text() +
                R"(","x"]],["eq","org_path","/AL/WS1/"],)"
                R"(["not",["in","place",["/AL/WS1/","/AL/WS2/"]]]])");
}

TEST(Policy, AGrantForEverythingOpensEveryRow) {
  Policy rules = policy({role("leader", R"([{"form":"hazard","actions":["list"],
      "scope":["under","org_path",{"var":"my_orgs"}]}])")});
  Subject subject = holder({{"leader", "/AL/WS1/"}, {"leader", "/"}});
  EXPECT_EQ(rules.may(subject, {.form = "hazard", .action = Action::List}).scope.kind,
            Filter::Kind::All);
}

// Were an unknown variable simply dropped, "not mine" would open everything to nobody in
// particular.
TEST(Policy, ARightOnSomethingTheCallerLacksCountsForNothing) {
  Policy rules = policy({role("anonymous", R"([
      {"form":"hazard","actions":["read"],"scope":["not",["eq","reporter",{"var":"me"}]],
       "fields":{"*":"write"}},
      {"form":"hazard","actions":["read"],"scope":["eq","state","public"],
       "fields":{"state":"read"}},
      {"form":"hazard","actions":["list"],
       "scope":["not",["under","org_path",{"var":"my_org"}]]}])")});
  Verdict verdict = rules.may(anonymous(), {.form = "hazard", .action = Action::Read});
  EXPECT_EQ(scope_of(verdict), R"(["eq","state","public"])");
  EXPECT_EQ(verdict.fields.of("reporter"), FieldMode::Hidden);
  EXPECT_FALSE(rules.may(anonymous(), {.form = "hazard", .action = Action::List}).allowed);
}

TEST(Policy, AScopeOfNoneGrantsNothing) {
  Policy rules =
      policy({role("a", R"([{"form":"f","actions":["read"],"scope":"none","fields":{"*":"write"}},
                                       {"form":"f","actions":["read"],"scope":"all"}])")});
  Verdict verdict = rules.may(holder({{"a", "/"}}), {.form = "f", .action = Action::Read});
  EXPECT_TRUE(verdict.allowed);
  EXPECT_EQ(verdict.fields.of("x"), FieldMode::Hidden);
}

TEST(Policy, AButtonIsPressedOnlyWithinItsOwnScope) {
  Policy rules = policy({role("leader", R"([
      {"form":"hazard","actions":["press"],"scope":"all","buttons":["stop"]},
      {"form":"hazard","actions":["press"],"scope":["eq","state","open"],
       "buttons":["close","stop"]}])")});
  Subject subject = holder({{"leader", "/"}});
  auto press = [&](std::string button) {
    return rules.may(subject, {.form = "hazard", .action = Action::Press, .button = button});
  };
  EXPECT_EQ(press("stop").scope.kind, Filter::Kind::All);
  EXPECT_EQ(scope_of(press("close")), R"(["eq","state","open"])");
  EXPECT_FALSE(press("delete_all").allowed);
  EXPECT_FALSE(press("").allowed);
  EXPECT_EQ(press("stop").buttons, (std::vector<std::string>{"stop", "close"}));
}

TEST(Policy, ATaskAddsItsNodesFieldsAndButtonsForThatRecordOnly) {
  Policy rules = policy({role("worker", R"([{"form":"hazard","actions":["read"],
      "scope":["eq","reporter",{"var":"me"}],"fields":{"*":"read","reporter":"hidden"}}])")});
  NodeRights node{.fields = {.named = {{"repair_note", FieldMode::Write}}}, .buttons = {"done"}};
  Subject subject = holder({{"worker", "/"}});
  Verdict read = rules.may(subject, {.form = "hazard", .action = Action::Read}, &node);
  EXPECT_EQ(read.scope.kind, Filter::Kind::All);
  EXPECT_EQ(read.fields.of("repair_note"), FieldMode::Write);
  EXPECT_EQ(read.fields.of("level"), FieldMode::Read);
  EXPECT_EQ(read.fields.of("reporter"), FieldMode::Hidden);
  EXPECT_EQ(read.buttons, std::vector<std::string>{"done"});
  EXPECT_TRUE(rules.may(subject, {.form = "hazard", .action = Action::Update}, &node).allowed);
  EXPECT_TRUE(rules.may(subject, {"hazard", Action::Press, "done"}, &node).allowed);
  EXPECT_FALSE(rules.may(subject, {"hazard", Action::Press, "close"}, &node).allowed);
  for (Action action :
       {Action::List, Action::Create, Action::Delete, Action::Export, Action::Administer}) {
    EXPECT_FALSE(rules.may(subject, {.form = "hazard", .action = action}, &node).allowed);
  }
  NodeRights reading{.fields = {.fallback = FieldMode::Read}};
  EXPECT_FALSE(rules.may(subject, {.form = "hazard", .action = Action::Update}, &reading).allowed);
}

TEST(Policy, AFirstPasswordMustBeChangedBeforeAnythingElse) {
  Policy rules = policy({role("worker", R"([{"form":"f","actions":["read"],"scope":"all"}])")});
  Subject subject = holder({{"worker", "/"}});
  subject.must_change_password = true;
  NodeRights node{.fields = {.fallback = FieldMode::Write}};
  EXPECT_FALSE(may_work(subject));
  EXPECT_FALSE(rules.may(subject, {.form = "f", .action = Action::Read}, &node).allowed);
}

TEST(Policy, UnitesOneRoleFromSeveralPacks) {
  Json plant = role("worker", R"([{"form":"area","actions":["read"],"scope":"all"}])");
  Json hazards = role("worker", R"([{"form":"hazard","actions":["read"],"scope":"all"}])");
  hazards.remove("name");
  Policy rules = policy({plant, hazards});
  Subject subject = holder({{"worker", "/"}});
  EXPECT_TRUE(rules.may(subject, {.form = "area", .action = Action::Read}).allowed);
  EXPECT_TRUE(rules.may(subject, {.form = "hazard", .action = Action::Read}).allowed);
  EXPECT_EQ(write_json(rules.roles()), R"([{"id":"worker","name":{"zh":"角色","en":"Role"}}])");
}

TEST(Policy, ARefusedRoleFileNamesRoleAndMember) {
  auto one = [](std::string_view right) {
    return refusal(role("w", "[" + std::string(right) + "]"));
  };
  EXPECT_EQ(one(R"({"form":"f","actions":["rede"],"scope":"all"})"),
            "role w: rights[0].actions has an unknown word");
  for (const char* bad :
       {R"({"actions":["read"],"scope":"all"})",
        R"({"form":"a b","actions":["read"],"scope":"all"})",
        R"({"form":"f","actions":[],"scope":"all"})",
        R"({"form":"f","scope":"all"})",
        R"({"form":"f","actions":["read"]})",
        R"({"form":"f","actions":["read"],"scope":"mine"})",
        R"({"form":"f","actions":["read"],"scope":["eq","x",{"var":"your"}]})",
        R"({"form":"f","actions":["read"],"scope":["lt","x",{"var":"me"}]})",
        R"({"form":"f","actions":["read"],"scope":["eq","x",{"var":"my_orgs"}]})",
        R"({"form":"f","actions":["read"],"scope":["eq","x",{"var":"me","or":1}]})",
        R"({"form":"f","actions":["read"],"scope":["not",["under","org_path",5]]})",
        R"({"form":"f","actions":["read"],"scope":["sql","1=1"]})",
        R"({"form":"f","actions":["read"],"scope":"all","fields":{"a":"see"}})",
        R"({"form":"f","actions":["read"],"scope":"all","fields":["a"]})",
        R"({"form":"f","actions":["read"],"scope":"all","fields":{"a;b":"read"}})",
        R"({"form":"f","actions":["read"],"scope":"all","buttons":["x"]})",
        R"({"form":"f","actions":["press"],"scope":"all"})",
        R"({"form":"f","actions":["press"],"scope":"all","buttons":["x y"]})",
        R"({"form":"f","actions":["read"],"scope":"all","feilds":{}})",
        R"("x")"}) {
    EXPECT_TRUE(one(bad).starts_with("role w: rights[0]")) << bad << " gave " << one(bad);
  }
  EXPECT_EQ(refusal(json(R"({"name":{"zh":"a","en":"b"},"rights":[]})")),
            "a role has no proper id");
  EXPECT_EQ(refusal(json(R"({"id":"w","rights":[]})")), "role w has no name");
  EXPECT_EQ(refusal(json(R"({"id":"w","name":{"zh":"a"},"rights":[]})")),
            "role w: name needs zh and en");
  EXPECT_EQ(refusal(json(R"({"id":"w","name":{"zh":"a","en":"b"}})")),
            "role w: rights is not a list");
  EXPECT_EQ(refusal(json("[1]")), "a role is not an object");
}

TEST(Separation, WhoRepairedMayNotVerify) {
  std::vector<Participation> past{{"report", person(1)}, {"repair", person(2)}};
  std::vector<std::string> excluded{"repair"};
  EXPECT_TRUE(check_separation(person(1), excluded, past));
  EXPECT_TRUE(check_separation(person(3), excluded, past));
  EXPECT_TRUE(check_separation(person(2), {}, past));
  EXPECT_EQ(check_separation(person(2), excluded, past).error().code, ErrorCode::SeparationOfDuty);
}

}  // namespace
}  // namespace anlan::access
