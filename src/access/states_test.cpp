// Rights by state, locks, ceilings and conditions of buttons: the third and fourth side of the
// matrix.

#include <gtest/gtest.h>

#include "access/access.h"

namespace anlan::access {
namespace {

using enum FieldMode;

const FormFrame kFrame{.id = "case",
                       .states = {"open", "repair", "closed"},
                       .locked_states = {"closed"},
                       .secrets = {"salary"},
                       .ceilings = {{"salary", Hidden}, {"phone", Masked}}};

Result<Policy> compiled(std::string_view rights) {
  Json role = Json::object({{"id", "worker"}});
  role.set("name", parse_json(R"({"zh":"工人","en":"Worker"})").value());
  role.set("rights", parse_json(rights).value());
  return Policy::compile(std::span(&role, 1), std::span(&kFrame, 1));
}

Policy policy(std::string_view rights) {
  auto out = compiled(rights);
  EXPECT_TRUE(out) << out.error().detail;
  return out ? *out : Policy{};
}

Subject worker() {
  Subject out{.org_path = "/AL/", .grants = {{"worker", "/AL/WS1/"}}};
  out.person.uuid.bytes[15] = 7;
  return out;
}

std::string text(const Filter& filter) { return write_json(filter_json(filter)); }

TEST(States, ARightHoldsInItsStatesForRowsAndFields) {
  Policy rules = policy(R"([
    {"form":"case","actions":["list","read"],"scope":"all","fields":{"title":"read"}},
    {"form":"case","actions":["list","read"],"states":["repair"],"scope":"all",
     "fields":{"note":"write","title":"write"}}])");
  FieldModes modes = rules.may(worker(), {.form = "case", .action = Action::List}).fields;
  EXPECT_EQ(modes.in("repair").of("note"), Write);
  EXPECT_EQ(modes.in("repair").of("title"), Write);
  EXPECT_EQ(modes.in("open").of("note"), Hidden);
  EXPECT_EQ(modes.in("open").of("title"), Read);
  // What is asked of all rows at once is the least of any state: else a filter would tell.
  EXPECT_EQ(modes.of("note"), Hidden);
  EXPECT_EQ(modes.of("title"), Read);
  EXPECT_EQ(modes.highest("note"), Write);
  EXPECT_EQ(modes.in("unheard").of("note"), Hidden);
}

TEST(States, OnlyRowsInTheStatesAreReached) {
  Policy rules = policy(R"([{"form":"case","actions":["list"],"states":["open","repair"],
    "scope":["under","org_path",{"var":"my_orgs"}],"fields":{"title":"read"}}])");
  Verdict verdict = rules.may(worker(), {.form = "case", .action = Action::List});
  EXPECT_EQ(text(verdict.scope),
            R"(["and",["in","state",["open","repair"]],["under","org_path","/AL/WS1/"]])");
  EXPECT_EQ(verdict.fields.of("title"), Read);  // of all rows that can be reached
  EXPECT_EQ(verdict.fields.in("closed").of("title"), Hidden);
}

TEST(States, AStateThatTheFormLacksIsRefused) {
  auto bad = [](std::string_view right) {
    auto out = compiled("[" + std::string(right) + "]");
    return out ? std::string("accepted") : out.error().detail;
  };
  EXPECT_EQ(bad(R"({"form":"case","actions":["read"],"states":["gone"],"scope":"all"})"),
            "role worker: rights[0].states has a word that is no state of case");
  EXPECT_EQ(bad(R"({"form":"other","actions":["read"],"states":["open"],"scope":"all"})"),
            "role worker: rights[0].states needs a form that has states");
  EXPECT_EQ(bad(R"({"form":"case","actions":["create"],"states":["open"]})"),
            "role worker: rights[0].states can't stand beside create or administer");
  EXPECT_EQ(bad(R"({"form":"case","actions":["read"],"states":[],"scope":"all"})"),
            "role worker: rights[0].states is no list of words");
}

TEST(States, ALockTurnsWriteOfARoleIntoRead) {
  Policy rules = policy(R"([
    {"form":"case","actions":["read","update"],"scope":"all","fields":{"*":"write"}},
    {"form":"case","actions":["create"],"fields":{"*":"write"}}])");
  FieldModes modes = rules.may(worker(), {.form = "case", .action = Action::Update}).fields;
  EXPECT_EQ(modes.in("open").of("title"), Write);
  EXPECT_EQ(modes.in("closed").of("title"), Read);
  EXPECT_EQ(rules.may(worker(), {.form = "case", .action = Action::Create}).fields.of("title"),
            Write);
  NodeRights node{.fields = {.named = {{"title", Write}}}};
  Verdict task =
      rules.may(worker(), {.form = "case", .action = Action::Update, .state = "closed"}, &node);
  EXPECT_EQ(task.fields.of("title"), Write);  // whoever has the task there still may
  EXPECT_EQ(task.fields.of("note"), Read);
}

TEST(States, NoTaskGivesMoreThanTheFormLets) {
  Policy rules = policy(R"([{"form":"case","actions":["read"],"scope":"all",
    "fields":{"title":"read"}}])");
  NodeRights node{.fields = {.fallback = Read, .named = {{"salary", Write}, {"phone", Write}}}};
  Verdict seen =
      rules.may(worker(), {.form = "case", .action = Action::Read, .state = "open"}, &node);
  EXPECT_EQ(seen.fields.of("salary"), Hidden);
  EXPECT_EQ(seen.fields.of("phone"), Masked);
  EXPECT_EQ(seen.fields.of("other"), Read);
  EXPECT_EQ(rules.capped("case", node.fields).of("salary"), Hidden);
}

TEST(States, ARoleMustNameASecretField) {
  auto mode = [](std::string_view fields) {
    Policy rules = policy(R"([{"form":"*","actions":["read"],"scope":"all","fields":)" +
                          std::string(fields) + "}]");
    return rules.may(worker(), {.form = "case", .action = Action::Read}).fields.of("salary");
  };
  EXPECT_EQ(mode(R"({"*":"write"})"), Hidden);
  EXPECT_EQ(mode(R"({"*":"read","salary":"read"})"), Read);
}

TEST(States, AButtonMaySayWhen) {
  Policy rules = policy(R"([{"form":"case","actions":["press"],"scope":"all",
    "buttons":["print",{"id":"reopen","when":"=state = \"closed\" and owner = user.id"}]}])");
  auto scope = [&](std::string button) {
    return text(
        rules.may(worker(), {.form = "case", .action = Action::Press, .button = std::move(button)})
            .scope);
  };
  EXPECT_EQ(scope("print"), R"(["all"])");
  EXPECT_EQ(scope("reopen"), R"(["and",["eq","state","closed"],["eq","owner",")" +
                                 worker().person.text() + R"("]])");
  auto bad = compiled(R"([{"form":"case","actions":["press"],"scope":"all",
    "buttons":[{"id":"reopen","when":"=if open then true else false"}]}])");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().detail,
            "role worker: rights[0].buttons is no filter: if can't stand in a condition on rows");
}

TEST(States, AScopeMayBeFeel) {
  Policy rules = policy(R"x([{"form":"case","actions":["list"],
    "scope":"=under(org_path, user.orgs) or (owner = user.id and level in (\"a\", \"b\"))"}])x");
  EXPECT_EQ(text(rules.may(worker(), {.form = "case", .action = Action::List}).scope),
            R"(["or",["under","org_path","/AL/WS1/"],["and",["eq","owner",")" +
                worker().person.text() + R"("],["or",["eq","level","a"],["eq","level","b"]]]])");
  ASSERT_EQ(rules.scopes().size(), 1U);
  EXPECT_EQ(rules.scopes()[0].place, "role worker: rights[0].scope");
}

TEST(States, CountingIsARightOfItsOwn) {
  Policy rules = policy(R"([{"form":"case","actions":["list"],"scope":"all"}])");
  EXPECT_FALSE(rules.may(worker(), {.form = "case", .action = Action::Aggregate}).allowed);
}

TEST(States, MasksOfSeveralRolesAreMadeOnceAndStayRight) {
  std::vector<Json> roles;
  for (const char* id : {"a", "b"}) {
    Json role = Json::object({{"id", id}});
    role.set("name", parse_json(R"({"zh":"角色","en":"Role"})").value());
    std::string rights = R"([{"form":"case","actions":["read"],"states":[")" +
                         std::string(*id == 'a' ? "open" : "repair") +
                         R"("],"scope":["eq","owner",{"var":"me"}],"fields":{"note":"write"}},
            {"form":"case","actions":["read"],"scope":"all","fields":{"title":"read"}}])";
    role.set("rights", parse_json(rights).value());
    roles.push_back(role);
  }
  Policy rules = Policy::compile(roles, std::span(&kFrame, 1)).value();
  Subject both = worker();
  both.grants = {{"a", "/"}, {"b", "/"}};
  for (int round = 0; round < 3; ++round) {
    FieldModes modes = rules.may(both, {.form = "case", .action = Action::Read}).fields;
    EXPECT_EQ(modes.in("open").of("note"), Write);
    EXPECT_EQ(modes.in("repair").of("note"), Write);
    EXPECT_EQ(modes.in("closed").of("note"), Hidden);
    // Without a person the rights on one's own rows count for nothing, nor do their fields.
    Subject nobody{.grants = both.grants};
    modes = rules.may(nobody, {.form = "case", .action = Action::Read}).fields;
    EXPECT_EQ(modes.in("open").of("note"), Hidden);
    EXPECT_EQ(modes.in("open").of("title"), Read);
  }
}

std::string changes(std::string_view before, std::string_view after) {
  FormShape shape{
      .id = "case", .states = {"open", "repair", "closed"}, .fields = {"title", "note", "salary"}};
  std::string out;
  for (const Difference& one : difference(policy(before), policy(after), std::span(&shape, 1))) {
    Json json = difference_json(one);
    out += json.text_or("change", "") + " " + json.text_or("action", "");
    if (json.has("name")) out += " " + json.text_or("name", "");
    if (json.has("after"))
      out += " " + json.text_or("before", "") + ">" + json.text_or("after", "");
    if (json["states"].is_array()) {
      for (const Json& state : json["states"].as_array()) out += " @" + state.as_text();
    }
    out += ";";
  }
  return out;
}

TEST(Differences, TellWhoGainsAndLosesWhat) {
  constexpr std::string_view kRead =
      R"([{"form":"case","actions":["read"],"scope":"all","fields":{"title":"read"}}])";
  EXPECT_EQ(changes(kRead, kRead), "");
  EXPECT_EQ(changes(kRead, R"([{"form":"case","actions":["read"],"scope":"all",
              "fields":{"title":"masked","note":"read"}}])"),
            "loses_field read title read>masked;gains_field read note hidden>read;");
  EXPECT_EQ(changes(kRead, R"([{"form":"case","actions":["read","export"],
              "scope":["eq","state","open"],"fields":{"title":"read"}}])"),
            "fewer_rows read;gains_action export;gains_field export title hidden>read;");
  EXPECT_EQ(changes(kRead, R"([{"form":"case","actions":["read"],"scope":"all",
              "fields":{"title":"read"}},
             {"form":"case","actions":["read"],"states":["repair"],"scope":"all",
              "fields":{"salary":"read"}}])"),
            "gains_field read salary hidden>read @repair;");
  EXPECT_EQ(changes(R"([{"form":"tag","actions":["press"],"scope":"all","buttons":["ack"]}])",
                    R"([{"form":"tag","actions":["press"],"scope":"all","buttons":["reset"]}])"),
            "gains_button press reset;loses_button press ack;");
}

}  // namespace
}  // namespace anlan::access
