#include <atomic>
#include <thread>

#include "access/hash_gate.h"
#include "access/test_plant.h"

namespace anlan::access {
namespace {

constexpr const char* kPassword = "Gas-leak-2026";

class Sessions : public Plant {
 protected:
  void SetUp() override {
    Plant::SetUp();
    if (IsSkipped()) return;
    add_tree();
    static const std::string hash = need(hash_password(kPassword));  // slow: once is enough
    zhang_ = add_person("zhang", {{"worker", "/AL/"}}, hash);
  }

  // The slow part is told, not done: hashing has its own tests.
  Result<SessionId> enter(PasswordCheck check, std::string token, std::string client = "desk") {
    LoginResult done{.answer = SessionId{}};
    auto change = act([&](const Desk& desk) -> Result<store::Change> {
      done = TRY(login(desk, {check, client, "10.0.0.7", std::move(token)}, rules_));
      return done.change;
    });
    if (!change) return std::unexpected(change.error());
    return done.answer;
  }
  PasswordCheck right() { return {"zhang", zhang_, true, 1}; }
  PasswordCheck wrong() { return {"zhang", zhang_, false, 1}; }
  PasswordCheck unknown(std::string name = "nobody") { return {.login = std::move(name)}; }
  std::string token(char c) { return std::string(43, c); }
  std::string caller(const std::string& text) {
    auto subject = authenticate(*view(), text, clock.now(), rules_);
    return subject ? subject->login : code_of(subject.error());
  }
  std::string outcomes() {
    auto rows = need(view()->query({"SELECT outcome FROM login_log ORDER BY id"}));
    std::string out;
    for (std::size_t i = 0; i < rows.size(); ++i) out += rows[i].text("outcome") + " ";
    return out;
  }

  SessionRules rules_{};
  PersonId zhang_{};
};
INSTANTIATE_TEST_SUITE_P(On, Sessions, Plant::databases(), Plant::name_of);

TEST_P(Sessions, TheRightPasswordOpensASession) {
  PasswordCheck check = need(check_password(*view(), " ZHANG ", kPassword));
  EXPECT_TRUE(check.is_right);
  SessionId id = need(enter(check, token('a')));
  Subject subject = need(authenticate(*view(), token('a'), clock.now(), rules_));
  EXPECT_EQ(subject.login, "zhang");
  EXPECT_EQ(subject.session, id);
  EXPECT_EQ(subject.actor, (Actor{Actor::Kind::Person, zhang_}));
  EXPECT_EQ(subject.grants, (std::vector<Grant>{{"worker", "/AL/"}}));
  EXPECT_EQ(caller(token('b')), "not_logged_in");
  EXPECT_EQ(caller(""), "not_logged_in");
  EXPECT_EQ(caller(std::string(100'000, 'a')), "not_logged_in");
}

TEST_P(Sessions, OnlyTheHashOfATokenIsStored) {
  need(enter(right(), token('a')));
  auto rows = need(view()->query({"SELECT token_sha256 FROM session"}));
  EXPECT_EQ(rows[0].text("token_sha256"), to_hex(sha256(token('a'))));
  EXPECT_EQ(caller(rows[0].text("token_sha256")), "not_logged_in");
}

TEST_P(Sessions, WrongPasswordAndUnknownAccountReadTheSame) {
  EXPECT_FALSE(need(check_password(*view(), "zhang", "Gas-leak-2027")).is_right);
  EXPECT_FALSE(need(check_password(*view(), "nobody", kPassword)).is_right);
  add_person("li");  // without a password yet
  EXPECT_FALSE(need(check_password(*view(), "li", "")).is_right);
  Error a = enter(wrong(), token('a')).error();
  Error b = enter(unknown(), token('b')).error();
  EXPECT_EQ(a, b);
  EXPECT_EQ(a.code, ErrorCode::LoginFailed);
  EXPECT_EQ(count("session"), 0);
  EXPECT_EQ(outcomes(), "wrong wrong ");
}

TEST_P(Sessions, TooManyFailuresLockAnAccountForAWhileKnownOrNot) {
  for (auto check : {wrong(), unknown()}) {
    for (int i = 1; i < rules_.failures_max; ++i) {
      EXPECT_EQ(refusal_of(enter(check, token('a'))), "login_failed");
    }
    EXPECT_EQ(refusal_of(enter(check, token('a'))), "locked_out");
    EXPECT_EQ(refusal_of(enter(check, token('a'))), "locked_out");
  }
  EXPECT_EQ(refusal_of(enter(right(), token('a'))), "locked_out");
  clock.advance(rules_.lock_out - Duration::seconds(1));
  EXPECT_EQ(refusal_of(enter(right(), token('a'))), "locked_out");
  clock.advance(Duration::seconds(1));
  EXPECT_EQ(refusal_of(enter(right(), token('a'))), "accepted");
}

TEST_P(Sessions, ASuccessAndAQuietWhileForgetFailures) {
  auto fail_often = [&] {
    for (int i = 1; i < rules_.failures_max; ++i) enter(wrong(), token('a')).value_or(SessionId{});
  };
  fail_often();
  EXPECT_EQ(refusal_of(enter(right(), token('a'))), "accepted");
  fail_often();
  clock.advance(rules_.lock_out + Duration::seconds(1));
  EXPECT_EQ(refusal_of(enter(wrong(), token('b'))), "login_failed");
  EXPECT_EQ(refusal_of(enter(right(), token('b'))), "accepted");
}

TEST_P(Sessions, GuessingAtUnknownAccountsFillsNothingAndOpensNoLock) {
  for (int i = 0; i < rules_.failures_max; ++i) enter(wrong(), token('a')).value_or(SessionId{});
  std::vector<store::Work> works;
  store::Change many{.act = "test.fill", .subject_kind = "test", .subject_id = "1"};
  for (int i = 0; i < 10'000; ++i) {
    many.rows.push_back({.table = "login_failure",
                         .key = {{"login_sha256", "x" + std::to_string(i)}},
                         .cells = {{"is_known", int64_t{0}},
                                   {"failures", int64_t{1}},
                                   {"last_at", int64_t{i}},
                                   {"locked_until", int64_t{0}}},
                         .is_private = true});
  }
  need(act([&](const Desk&) -> Result<store::Change> { return many; }));
  EXPECT_EQ(refusal_of(enter(unknown("one more"), token('a'))), "login_failed");
  EXPECT_EQ(refusal_of(enter(unknown("and another"), token('a'))), "login_failed");
  EXPECT_EQ(count("login_failure"), 10'001);
  EXPECT_EQ(refusal_of(enter(right(), token('a'))), "locked_out");
}

TEST_P(Sessions, ThePasswordTypedAsAnAccountIsNotLogged) {
  enter(unknown("my secret pass!"), token('a')).value_or(SessionId{});
  enter(unknown("lisi"), token('a')).value_or(SessionId{});
  auto rows = need(view()->query({"SELECT login, address FROM login_log ORDER BY id"}));
  EXPECT_EQ(rows[0].text("login"), "");
  EXPECT_EQ(rows[1].text("login"), "lisi");
  EXPECT_EQ(rows[1].text("address"), "10.0.0.7");
}

TEST_P(Sessions, AnIdleSessionEndsSoonerAtTheDeskThanOnThePhone) {
  need(enter(right(), token('d'), "desk"));
  need(enter(right(), token('m'), "m"));
  clock.advance(rules_.idle_max - Duration::seconds(1));
  EXPECT_EQ(caller(token('d')), "zhang");
  clock.advance(Duration::seconds(1));
  EXPECT_EQ(caller(token('d')), "not_logged_in");
  EXPECT_EQ(caller(token('m')), "zhang");
  clock.advance(rules_.idle_max_phone);
  EXPECT_EQ(caller(token('m')), "not_logged_in");
  EXPECT_EQ(refusal_of(enter(right(), token('x'), "car")), "bad_field client");
}

TEST_P(Sessions, ActivityIsNotedOnceAMinuteAndKeepsASessionUntilItIsTooOld) {
  SessionId id = need(enter(right(), token('a')));
  auto touched = [&] {
    auto change = need(touch(Desk{*view(), actor, clock.now(), ids}, id));
    if (change) need(act([&](const Desk&) -> Result<store::Change> { return *change; }));
    return change.has_value();
  };
  EXPECT_FALSE(touched());
  clock.advance(Duration::seconds(59));
  EXPECT_FALSE(touched());
  clock.advance(Duration::seconds(1));
  EXPECT_TRUE(touched());
  EXPECT_FALSE(touched());
  for (Duration passed{}; passed < rules_.age_max; passed = passed + Duration::minutes(25)) {
    EXPECT_EQ(caller(token('a')), "zhang");
    clock.advance(Duration::minutes(25));
    touched();
  }
  EXPECT_EQ(caller(token('a')), "not_logged_in");
}

TEST_P(Sessions, LoggingOutEndsOneSession) {
  SessionId id = need(enter(right(), token('a')));
  need(enter(right(), token('b')));
  need(act([&](const Desk& desk) { return logout(desk, id); }));
  EXPECT_EQ(caller(token('a')), "not_logged_in");
  EXPECT_EQ(caller(token('b')), "zhang");
  EXPECT_EQ(refusal_of(act([&](const Desk& desk) { return logout(desk, id); })), "not_logged_in");
  EXPECT_FALSE(need(touch(Desk{*view(), actor, clock.now(), ids}, id)));
}

TEST_P(Sessions, TheOldestSessionGivesWay) {
  for (char c = 'a'; c < 'a' + 12; ++c) {
    need(enter(right(), token(c)));
    clock.advance(Duration::seconds(1));
  }
  EXPECT_EQ(count("session"), 10);
  EXPECT_EQ(caller(token('b')), "not_logged_in");
  EXPECT_EQ(caller(token('c')), "zhang");
}

TEST_P(Sessions, ANewPasswordEndsTheOtherSessions) {
  SessionId mine = need(enter(right(), token('a')));
  need(enter(right(), token('b')));
  actor = {Actor::Kind::Person, zhang_};
  std::string hash = need(hash_password("Other-word-1"));
  need(act([&](const Desk& desk) { return change_password(desk, zhang_, hash, mine); }));
  EXPECT_EQ(caller(token('a')), "zhang");
  EXPECT_EQ(caller(token('b')), "not_logged_in");
  EXPECT_TRUE(need(check_password(*view(), "zhang", "Other-word-1")).is_right);
  EXPECT_TRUE(need(is_password_of(*view(), zhang_, "Other-word-1")));
  EXPECT_FALSE(need(is_password_of(*view(), zhang_, kPassword)));
  // Checked before the change, told after it.
  EXPECT_EQ(refusal_of(enter(right(), token('c'))), "login_failed");
}

TEST_P(Sessions, APasswordSetBySomebodyElseMustBeChanged) {
  PersonId boss = add_person("boss");
  actor = {Actor::Kind::Person, boss};
  auto set = [&] {
    need(act([&](const Desk& desk) { return change_password(desk, zhang_, "$argon2id$new"); }));
  };
  set();
  PasswordCheck check{"zhang", zhang_, true, 2};
  need(enter(check, token('a')));
  Subject subject = need(authenticate(*view(), token('a'), clock.now(), rules_));
  EXPECT_TRUE(subject.must_change_password);
  EXPECT_FALSE(may_work(subject));
  actor = {Actor::Kind::Person, zhang_};
  set();
  EXPECT_FALSE(need(subject_of(*view(), zhang_)).must_change_password);
  PersonId li = add_person("li");  // a first password for somebody who had none
  actor = {};
  need(act([&](const Desk& desk) { return change_password(desk, li, "$argon2id$li"); }));
  EXPECT_TRUE(need(subject_of(*view(), li)).must_change_password);
  EXPECT_EQ(refusal_of(act([&](const Desk& desk) {
              return change_password(desk, PersonId{}, "$argon2id$x");
            })),
            "not_found");
}

TEST_P(Sessions, WhoLeavesIsOutAtOnce) {
  need(enter(right(), token('a')));
  std::string api_token = std::string(kTokenPrefix) + token('t');
  need(act([&](const Desk& desk) {
    return create_token(desk, zhang_, "ERP", api_token, clock.now() + Duration::days(30));
  }));
  EXPECT_EQ(caller(api_token), "zhang");
  need(act([&](const Desk& desk) { return leave(desk, zhang_); }));
  EXPECT_EQ(caller(token('a')), "not_logged_in");
  EXPECT_EQ(caller(api_token), "not_logged_in");
  EXPECT_EQ(count("session") + count("api_token"), 0);
  EXPECT_EQ(refusal_of(enter(right(), token('b'))), "login_failed");
  EXPECT_FALSE(need(check_password(*view(), "zhang", kPassword)).is_right);
}

TEST_P(Sessions, AnApiTokenEndsAtItsHourOrWhenRevoked) {
  std::string text = std::string(kTokenPrefix) + random_token(random);
  EXPECT_EQ(text.size(), 49u);
  auto add = [&](std::string name, Instant expires) {
    return act([&](const Desk& desk) { return create_token(desk, zhang_, name, text, expires); });
  };
  EXPECT_EQ(refusal_of(add("", clock.now() + Duration::days(1))), "bad_field name");
  EXPECT_EQ(refusal_of(add("ERP", clock.now())), "bad_field expires");
  EXPECT_EQ(refusal_of(add("ERP", clock.now() + Duration::days(367))), "bad_field expires");
  std::string id = need(add("ERP", clock.now() + Duration::days(1))).subject_id;
  Subject subject = need(authenticate(*view(), text, clock.now(), rules_));
  EXPECT_EQ(subject.actor, (Actor{Actor::Kind::Token, zhang_}));
  clock.advance(Duration::days(1));
  EXPECT_EQ(caller(text), "not_logged_in");
  clock.advance(Duration::hours(-1));
  EXPECT_EQ(caller(text), "zhang");
  auto revoke = [&] { return act([&](const Desk& desk) { return revoke_token(desk, id); }); };
  EXPECT_EQ(refusal_of(revoke()), "not_found") << "somebody else's token";
  EXPECT_EQ(caller(text), "zhang");
  actor = {.kind = Actor::Kind::Person, .person = zhang_};
  EXPECT_EQ(need(tokens_of(*view(), zhang_)).as_array().size(), 1u);
  need(revoke());
  EXPECT_EQ(caller(text), "not_logged_in");
  EXPECT_EQ(refusal_of(revoke()), "not_found");
}

TEST_P(Sessions, NoPersonalDataStandsInALoginsLeaf) {
  for (auto check : {right(), wrong(), unknown("nobody")}) {
    LoginResult done = need(login(Desk{*view(), actor, clock.now(), ids},
                                  {check, "m", "10.0.0.7", token('a')}, rules_));
    std::string leaf = write_json(done.change.detail) + done.change.subject_id;
    for (const char* secret : {"zhang", "nobody", "10.0.0.7", "aaaa"}) {
      EXPECT_EQ(leaf.find(secret), std::string::npos) << secret;
    }
    for (const store::RowChange& row : done.change.rows) {
      EXPECT_EQ(row.is_private, row.table != "login_log") << row.table;
    }
  }
}

TEST(Passwords, AreHashedWithArgon2idOf19MebibytesAndTwoPasses) {
  std::string hash = need(hash_password("Gas-leak-2026"));
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << hash;
  EXPECT_NE(hash, need(hash_password("Gas-leak-2026")));
  EXPECT_EQ(refusal_of(hash_password(std::string(257, 'a'))), "weak_password");
}

TEST(Passwords, OfNobodyCostAsMuchAsThoseOfSomebody) {
  auto cost = [](std::string_view hash) { return hash.substr(0, hash.find('$', 20)); };
  EXPECT_EQ(cost(nobodys_hash()), cost(need(hash_password("Gas-leak-2026"))));
  EXPECT_EQ(nobodys_hash().size(), need(hash_password("Gas-leak-2026")).size());
}

TEST(Passwords, AreStrongOrRefused) {
  SessionRules rules;
  auto judge = [&](std::string_view password) {
    return refusal_of(check_password_strength(password, "zhang", rules));
  };
  for (const char* good : {"Gas-leak-2026", "Aa345678", "安全生产Aa1安", "abc DEF 1"}) {
    EXPECT_EQ(judge(good), "accepted") << good;
  }
  for (const char* bad : {"", "Aa1!", "abcdefgh", "12345678", "abcd1234x", "ABCDabcd", "Zhang123!",
                          "xxZHANG-1", "Admin@123", "P@ssw0rd",
                          "\xff\xff"
                          "Aa123456"}) {
    EXPECT_EQ(judge(bad), "weak_password password") << bad;
  }
  EXPECT_EQ(judge("Aa1" + std::string(300, 'x')), "weak_password password");
}

TEST(Tokens, Carry256BitsInUrlSafeText) {
  SeededRandom random(3);
  std::string one = random_token(random);
  EXPECT_EQ(one.size(), 43u);
  EXPECT_EQ(one.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789-_"),
            std::string::npos);
  EXPECT_NE(one, random_token(random));
  struct Ones final : Random {
    void fill(std::span<uint8_t> out) override { std::ranges::fill(out, uint8_t{255}); }
  } ones;
  EXPECT_EQ(random_token(ones), std::string(42, '_') + "8");
}

TEST(TheHashGate, RefusesWhenTooManyWait) {
  HashGate gate(2, 0);
  auto first = gate.enter();
  {
    auto second = gate.enter();
    ASSERT_TRUE(first && second);
    EXPECT_EQ(refusal_of(gate.enter()), "overloaded");
  }
  EXPECT_TRUE(gate.enter());
}

TEST(TheHashGate, LetsAtMostTwoRunAndEverybodyWhoWaitsGetsATurn) {
  HashGate gate(2, 32);
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  std::atomic<int> done = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 200; ++round) {
          auto pass = gate.enter();
          int now = ++running;
          for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) continue;
          std::this_thread::yield();
          --running;
          done += pass.has_value();
        }
      });
    }
  }
  EXPECT_LE(most, 2);
  EXPECT_EQ(done, 8 * 200);
}

TEST(TheHashGate, ManyHashesAtOnceAllComeOut) {
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 6; ++i) {
      threads.emplace_back([&] { right += hash_password("Gas-leak-2026").has_value(); });
    }
  }
  EXPECT_EQ(right, 6);
}

}  // namespace
}  // namespace anlan::access
