// What expressions ask of the plant: by whose rights, and what they get.

#include "engine/rules_host.h"
#include "tests/plant/schema_fixture.h"

namespace anlan::test {
namespace {

class RulesHost : public SchemaFixture {
 protected:
  void begin() {
    write_form(parsed(R"({"format":"anlan.form/1","id":"lab","version":1,
      "title":{"zh":"z","en":"Lab"},"serial":"SY","data":{"type":"object","required":["code"],
      "properties":{
        "code":{"x-kind":"text","maxLength":8,"x-unique":true,"title":{"zh":"z","en":"C"}},
        "day":{"x-kind":"date","title":{"zh":"z","en":"D"}},
        "code_of":{"x-kind":"text","maxLength":8,"title":{"zh":"z","en":"O"}},
        "their_day":{"x-kind":"date","title":{"zh":"z","en":"T"}},
        "secret":{"x-kind":"text","x-secret":true,"maxLength":8,"title":{"zh":"z","en":"S"}}}},
      "logic":[{"set":"their_day",
        "value":"=if code_of = null then null else anlan.lookup(\"lab\", code_of).day"}]})"));
    std::filesystem::create_directories(folder_ / "packs/lab/roles");
    write("packs/lab/roles/roles.json",
          R"({"format":"anlan.roles/1","roles":[{"id":"clerk","name":{"zh":"z","en":"C"},)"
          R"("rights":[{"form":"lab","actions":["list","read"],"scope":"=code != \"B\"",)"
          R"("fields":{"*":"read"}}]}]})");
    auto opened = open();
    ASSERT_TRUE(opened) << opened.error().detail << opened.error().field;
    ASSERT_TRUE(create(R"({"code":"A","day":"2026-01-31","secret":"s3cret"})"));
    ASSERT_TRUE(create(R"({"code":"B"})"));
  }

  access::Subject person(std::vector<access::Grant> grants) {
    PersonId id = ids_.next_id<PersonKind>();
    return {.actor = {.kind = Actor::Kind::Person, .person = id},
            .person = id,
            .name = "wang",
            .org_path = "/lab/",
            .grants = std::move(grants)};
  }

  // The value of an expression for somebody; null where it fails.
  rules::Value asked(const access::Subject& by, std::string_view feel) {
    auto view = engine_->database().snapshot();
    EXPECT_TRUE(view);
    engine::RulesHost host(**view, engine_->packs(), by);
    auto expression = rules::Expression::compile(feel, {"user", "org"});
    EXPECT_TRUE(expression) << feel;
    return expression->evaluate({}, {.host = &host});
  }
};

TEST_P(RulesHost, LooksUpWithinTheCallersRight) {
  begin();
  access::Subject clerk = person({{.role = "clerk", .org_path = "/"}});
  access::Subject nobody = person({});
  access::Subject system;
  constexpr std::string_view kDay = "string(anlan.lookup(\"lab\", \"A\").day)";
  EXPECT_EQ(asked(clerk, kDay), rules::Value("2026-01-31"));
  EXPECT_EQ(asked(system, kDay), rules::Value("2026-01-31"));
  EXPECT_TRUE(asked(nobody, kDay).is_null());
  EXPECT_EQ(asked(clerk, "anlan.lookup(\"lab\", anlan.lookup(\"lab\", \"A\").number).code"),
            rules::Value("A"));
  // Outside the row scope, a member that is not shown, a form that is not there.
  EXPECT_TRUE(asked(clerk, "anlan.lookup(\"lab\", \"B\")").is_null());
  EXPECT_EQ(asked(system, "anlan.lookup(\"lab\", \"B\").code"), rules::Value("B"));
  EXPECT_TRUE(asked(clerk, "anlan.lookup(\"lab\", \"A\").secret").is_null());
  EXPECT_EQ(asked(system, "anlan.lookup(\"lab\", \"A\").secret"), rules::Value("s3cret"));
  EXPECT_TRUE(asked(clerk, "anlan.lookup(\"gone\", \"A\")").is_null());
}

TEST_P(RulesHost, KnowsTheCaller) {
  begin();
  access::Subject clerk = person({{.role = "clerk", .org_path = "/"}});
  EXPECT_EQ(asked(clerk, "user.name"), rules::Value("wang"));
  EXPECT_EQ(asked(clerk, "user.id"), rules::Value(clerk.person.text()));
  EXPECT_EQ(asked(clerk, "user.roles[1]"), rules::Value("clerk"));
  EXPECT_TRUE(asked(access::Subject{}, "user").is_null());
  EXPECT_TRUE(asked(access::Subject{}, "org").is_null());
}

TEST_P(RulesHost, FormulasOfFormsAskToo) {
  begin();
  access::Subject system;
  auto made = act([&](const records::Writing& writing) {
    records::Writing with = writing;
    with.host = std::make_shared<const engine::RulesHost>(writing.view, engine_->packs(), system);
    return records::create(with, form(), parsed(R"({"code":"C","code_of":"A"})"),
                           {.fallback = access::FieldMode::Write});
  });
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_EQ(made->record["their_day"], Json("2026-01-31"));
}

INSTANTIATE_TEST_SUITE_P(Databases, RulesHost,
                         testing::Values(store::Dialect::Sqlite, store::Dialect::Postgres));

}  // namespace
}  // namespace anlan::test
