#include "access/test_plant.h"

namespace anlan::access {
namespace {

class People : public Plant {};
INSTANTIATE_TEST_SUITE_P(On, People, Plant::databases(), Plant::name_of);

TEST_P(People, APathIsBuiltFromTheCodesAbove) {
  add_tree();
  std::vector<std::string> paths;
  for (const OrgUnit& unit : need(org_units(*view()))) paths.push_back(unit.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"/AL/", "/AL/WS1/", "/AL/WS1/T1/", "/AL/WS2/"}));
}

TEST_P(People, AUnitStandsBelowAHigherOneAndNeverBelowItself) {
  add_tree();
  EXPECT_EQ(refusal_of(add_org("X", "workshop", "X")), "bad_field parent_code");
  EXPECT_EQ(refusal_of(add_org("AL", "plant", "T1")), "bad_field kind");
  EXPECT_EQ(refusal_of(add_org("X", "workshop", "T1")), "bad_field kind");
  EXPECT_EQ(refusal_of(add_org("X", "team", "T1")), "bad_field kind");
  EXPECT_EQ(refusal_of(add_org("X", "team", "nowhere")), "bad_field parent_code");
  EXPECT_EQ(refusal_of(add_org("X", "shed", "AL")), "bad_field kind");
  EXPECT_EQ(refusal_of(add_org("WS1", "workshop", "AL")), "duplicate code");
  EXPECT_EQ(refusal_of(add_org("ws1", "workshop", "AL")), "duplicate code");
  for (const char* code : {"", "a/b", "a b", "a%", "'; DROP TABLE person;--", "区域"}) {
    EXPECT_EQ(refusal_of(add_org(code, "workshop", "AL")), "bad_field code") << code;
  }
  EXPECT_EQ(count("org_unit"), 4);
}

TEST_P(People, AUnitNeedsBothNames) {
  OrgUnit unit{.code = "A", .kind = "plant", .name = {"", "A"}};
  auto add = [&] { return act([&](const Desk& desk) { return create_org(desk, unit); }); };
  EXPECT_EQ(refusal_of(add()), "bad_field name_zh");
  unit.name = {"厂", "line\nbreak"};
  EXPECT_EQ(refusal_of(add()), "bad_field name_en");
  unit.path = "/somewhere/else/";
  unit.name.en = "A";
  need(add());
  EXPECT_EQ(need(org_units(*view()))[0].path, "/A/");
}

TEST_P(People, APersonIsFoundByIdAndByLoginInAnyCase) {
  add_tree();
  PersonId id = add_person("Zhang.San");
  EXPECT_EQ(need(find_person(*view(), id)).login, "zhang.san");
  EXPECT_EQ(need(find_login(*view(), "ZHANG.san"))->id, id);
  EXPECT_FALSE(need(find_login(*view(), "li")));
  EXPECT_EQ(refusal_of(find_person(*view(), PersonId{})), "not_found");
}

TEST_P(People, ALoginIsTakenOnce) {
  add_tree();
  add_person("zhang");
  NewPerson second{.person = {.login = "ZHANG", .name = "另一个", .org_path = "/AL/"}};
  EXPECT_EQ(refusal_of(try_person(second)), "duplicate login");
  EXPECT_EQ(count("person"), 1);
}

TEST_P(People, ARefusalNamesTheFieldAndWritesNothing) {
  add_tree();
  Person good{.login = "li", .name = "李四", .org_path = "/AL/", .phone = "+86 138-0000"};
  auto refused = [&](auto spoil) {
    NewPerson person{.person = good};
    spoil(person);
    return refusal_of(try_person(person));
  };
  EXPECT_EQ(refused([](NewPerson& p) { p.person.login = ""; }), "bad_field login");
  EXPECT_EQ(refused([](NewPerson& p) { p.person.login = "a' OR 1=1--"; }), "bad_field login");
  EXPECT_EQ(refused([](NewPerson& p) { p.person.login = std::string(65, 'a'); }),
            "bad_field login");
  EXPECT_EQ(refused([](NewPerson& p) { p.person.name = "  "; }), "bad_field name");
  EXPECT_EQ(refused([](NewPerson& p) { p.person.name = "\xff"; }), "bad_field name");
  EXPECT_EQ(refused([](NewPerson& p) { p.person.name = std::string(101, 'a'); }), "bad_field name");
  EXPECT_EQ(refused([](NewPerson& p) { p.person.phone = "<b>"; }), "bad_field phone");
  EXPECT_EQ(refused([](NewPerson& p) { p.person.language = "fr"; }), "bad_field language");
  EXPECT_EQ(refused([](NewPerson& p) { p.person.org_path = "/AL/WS7/"; }), "bad_field org_path");
  EXPECT_EQ(refused([](NewPerson& p) { p.person.org_path = ""; }), "bad_field org_path");
  EXPECT_EQ(refused([](NewPerson& p) { p.grants = {{"leader", "/WS1/"}}; }), "bad_field grants");
  EXPECT_EQ(refused([](NewPerson& p) { p.grants = {{"a b", "/"}}; }), "bad_field grants");
  EXPECT_EQ(refused([](NewPerson& p) { p.grants.resize(51, {"a", "/"}); }), "limit_reached grants");
  EXPECT_EQ(count("person"), 0);
  EXPECT_EQ(count("role_grant"), 0);
  EXPECT_EQ(refused([](NewPerson& p) { p.grants = {{"a", "/"}, {"a", "/"}}; }), "accepted");
  EXPECT_EQ(count("role_grant"), 1);
}

TEST_P(People, SqlAndScriptInANameAreJustAName) {
  add_tree();
  std::string name = "Robert'); DROP TABLE person;-- <script>";
  NewPerson person{.person = {.login = "bobby", .name = name, .org_path = "/AL/"}};
  need(try_person(person));
  EXPECT_EQ(need(find_login(*view(), "bobby"))->name, name);
  EXPECT_EQ(need(list_people(*view(), "/", "'); DROP", 10)).as_array().size(), 1u);
  EXPECT_FALSE(need(find_login(*view(), "' OR '1'='1")));
}

TEST_P(People, AListSearchesNameAndLoginBelowAPath) {
  add_tree();
  add_person("zhang", {{"worker", "/"}, {"leader", "/AL/WS1/"}, {"leader", "/AL/WS2/"}});
  add_person("li_1");
  add_person("boss");
  auto logins = [&](std::string_view path, std::string_view q, std::size_t most = 10) {
    std::string out;
    Json people = need(list_people(*view(), path, q, most));
    for (const Json& person : people.as_array()) out += person["login"].as_text() + " ";
    return out;
  };
  EXPECT_EQ(logins("", ""), "boss li_1 zhang ");
  EXPECT_EQ(logins("/AL/WS1/", ""), "li_1 zhang ");
  EXPECT_EQ(logins("/AL/WS2/", ""), "");
  EXPECT_EQ(logins("/", "ZHAN"), "zhang ");
  EXPECT_EQ(logins("/", "张三 b"), "boss ");
  EXPECT_EQ(logins("/", "_"), "li_1 ");
  EXPECT_EQ(logins("/", "%"), "");
  EXPECT_EQ(logins("/", "!"), "");
  EXPECT_EQ(logins("/", "", 2), "boss li_1 ");
  Json zhang = need(list_people(*view(), "/", "zhang", 1)).as_array()[0];
  EXPECT_EQ(write_json(zhang["roles"]),
            R"([{"role":"leader","org_path":"/AL/WS1/"},{"role":"leader","org_path":"/AL/WS2/"},)"
            R"({"role":"worker","org_path":"/"}])");
  EXPECT_EQ(zhang["org_path"], Json("/AL/WS1/"));
  EXPECT_EQ(write_json(need(list_people(*view(), "/", "boss", 1)).as_array()[0]["roles"]), "[]");
}

TEST_P(People, TheNearestHolderOfARoleComesFirst) {
  add_tree();
  PersonId top = add_person("boss", {{"leader", "/"}});
  PersonId plant = add_person("li", {{"leader", "/AL/"}, {"worker", "/AL/WS1/T1/"}});
  PersonId near_b = add_person("b", {{"leader", "/AL/WS1/"}});
  PersonId near_a = add_person("a", {{"leader", "/AL/WS1/"}, {"leader", "/"}});
  PersonId team = add_person("c", {{"leader", "/AL/WS1/T1/"}});
  add_person("elsewhere", {{"leader", "/AL/WS2/"}});
  using Ids = std::vector<PersonId>;
  EXPECT_EQ(need(holders(*view(), "leader", "/AL/WS1/")), (Ids{near_a, near_b, plant, top}));
  EXPECT_EQ(need(holders(*view(), "leader", "/AL/WS1/T1/")),
            (Ids{team, near_a, near_b, plant, top}));
  EXPECT_EQ(need(holders(*view(), "leader", "")), (Ids{near_a, top}));
  EXPECT_EQ(need(holders(*view(), "nobody", "/AL/")), Ids{});
  need(act([&](const Desk& desk) { return leave(desk, near_a); }));
  EXPECT_EQ(need(holders(*view(), "leader", "/AL/WS1/")), (Ids{near_b, plant, top}));
}

// "WS_1" must not cover "WSA1", as it would with LIKE.
TEST_P(People, AWildcardInAUnitsCodeCoversNothingElse) {
  add_tree();
  need(add_org("WS_1", "workshop", "AL"));
  need(add_org("WSA1", "workshop", "AL"));
  add_person("li", {{"leader", "/AL/WS_1/"}});
  EXPECT_TRUE(need(holders(*view(), "leader", "/AL/WSA1/")).empty());
  EXPECT_EQ(need(holders(*view(), "leader", "/AL/WS_1/")).size(), 1u);
}

TEST_P(People, GrantsAreReplacedAsAWhole) {
  add_tree();
  PersonId id = add_person("zhang", {{"worker", "/"}, {"leader", "/AL/WS1/"}});
  need(act([&](const Desk& desk) {
    return set_grants(desk, id, {{"auditor", "/AL/"}, {"worker", "/"}, {"auditor", "/AL/"}});
  }));
  EXPECT_EQ(need(subject_of(*view(), id)).grants,
            (std::vector<Grant>{{"auditor", "/AL/"}, {"worker", "/"}}));
  auto set = [&](PersonId person, std::vector<Grant> grants) {
    return refusal_of(
        act([&](const Desk& desk) { return set_grants(desk, person, std::move(grants)); }));
  };
  EXPECT_EQ(set(PersonId{}, {}), "not_found");
  EXPECT_EQ(set(id, {{"worker", "/NO/"}}), "bad_field grants");
  EXPECT_EQ(set(id, {}), "accepted");
  EXPECT_TRUE(need(subject_of(*view(), id)).grants.empty());
}

TEST_P(People, WhoLeftKeepsTheNameAndNothingElse) {
  add_tree();
  PersonId id = add_person("zhang", {{"worker", "/"}}, "$argon2id$none");
  EXPECT_EQ(need(subject_of(*view(), id)).login, "zhang");
  need(act([&](const Desk& desk) { return leave(desk, id); }));
  EXPECT_EQ(need(find_person(*view(), id)).state, "left");
  EXPECT_EQ(refusal_of(subject_of(*view(), id)), "not_found");
  EXPECT_EQ(count("role_grant"), 0);
  EXPECT_EQ(count("credential"), 0);
  EXPECT_TRUE(need(list_people(*view(), "/", "", 10)).as_array().empty());
  EXPECT_EQ(refusal_of(act([&](const Desk& desk) { return leave(desk, id); })),
            "wrong_state person");
  EXPECT_EQ(refusal_of(act([&](const Desk& desk) { return set_grants(desk, id, {}); })),
            "wrong_state person");
}

TEST_P(People, NoPersonalDataStandsInTheLeaf) {
  add_tree();
  Person wang{.login = "wang", .name = "王五", .org_path = "/AL/", .phone = "138"};
  NewPerson person{.person = wang, .password_hash = "$argon2id$secret"};
  store::Change change = need(try_person(person));
  std::string leaf = write_json(change.detail) + change.subject_id + change.act;
  for (const store::Event& event : change.events) leaf += write_json(event.payload);
  for (const char* secret : {"wang", "王五", "138", "secret"}) {
    EXPECT_EQ(leaf.find(secret), std::string::npos) << secret;
  }
  for (const store::RowChange& row : change.rows) {
    EXPECT_EQ(row.is_private, row.table == "credential") << row.table;
  }
}

TEST_P(People, ReplayingTheLogGivesTheSameTables) {
  add_tree();
  PersonId id = add_person("zhang", {{"worker", "/"}, {"leader", "/AL/WS1/"}}, "$argon2id$x");
  add_person("li", {{"worker", "/"}});
  need(act([&](const Desk& desk) { return set_grants(desk, id, {{"auditor", "/"}}); }));
  need(act([&](const Desk& desk) { return leave(desk, id); }));
  auto copy = open("copy");
  ASSERT_TRUE(store::replay(*view(), *copy));
  auto copied = need(copy->snapshot());
  for (const char* table : {"org_unit", "person", "role_grant"}) {
    EXPECT_EQ(need(store::table_digest(*view(), table)), need(store::table_digest(*copied, table)))
        << table;
  }
}

}  // namespace
}  // namespace anlan::access
