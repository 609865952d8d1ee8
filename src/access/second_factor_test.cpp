#include "access/second_factor.h"

#include "access/test_plant.h"
#include "access/totp.h"

namespace anlan::access {
namespace {

const std::string kKey(kFactorKeyBytes, 'k');

class SecondFactor : public Plant {
 protected:
  void SetUp() override {
    Plant::SetUp();
    if (!db_) return;
    add_tree();
    zhang_ = add_person("zhang", {{"safety_officer", "/AL/"}}, need(hash_password("Right-12")));
  }

  // Commits what a log-in decided, and answers as engine does: committed first, then refused.
  template <class Decide>
  Result<LoginResult> enter(Decide decide) {
    std::optional<LoginResult> result;
    auto done = act([&](const Desk& desk) -> Result<store::Change> {
      result = TRY(decide(desk));
      return result->change;
    });
    if (!done) return std::unexpected(done.error());
    if (!result->answer) return std::unexpected(result->answer.error());
    return std::move(*result);
  }
  Result<LoginResult> with_password(bool is_second_done = false) {
    last_token_ = random_token(random);
    auto check = need(check_password(*view(), "zhang", "Right-12"));
    LoginCommand command{.check = check,
                         .client = "desk",
                         .address = "10.0.0.9",
                         .token = last_token_,
                         .is_second_done = is_second_done};
    return enter([&](const Desk& desk) { return login(desk, command, rules_); });
  }
  std::string half() {
    LoginResult result = need(with_password());
    EXPECT_NE(result.next, NextStep::None);
    return last_token_;
  }
  Result<LoginResult> with_code(const std::string& half, const std::string& code) {
    last_token_ = random_token(random);
    SecondLogin command{.half = half,
                        .proof = {.code = code, .key = kKey},
                        .session = {.address = "10.0.0.9", .token = last_token_}};
    return enter([&](const Desk& desk) { return login_second(desk, command, rules_); });
  }
  void propose() {
    std::string sealed = seal_secret({.person = zhang_, .key = kKey}, secret_, random);
    need(act([&](const Desk& desk) { return propose_factor(desk, zhang_, sealed); }));
  }
  Result<LoginResult> confirm(const std::string& code, const std::string& half_token = {}) {
    last_token_ = random_token(random);
    codes_.clear();
    for (std::size_t i = 0; i < kRecoveryCodes; ++i) codes_.push_back(new_recovery_code(random));
    ConfirmFactor command{.person = zhang_,
                          .half = half_token,
                          .proof = {.code = code, .key = kKey},
                          .recovery_codes = codes_,
                          .session = {.address = "10.0.0.9", .token = last_token_}};
    return enter([&](const Desk& desk) { return confirm_factor(desk, command, rules_); });
  }
  std::string code_now() { return hotp(secret_, totp_step(clock.now())); }
  void turn_on() {
    propose();
    need(confirm(code_now()));
    clock.advance(kCodeStep);
  }
  bool is_in(const std::string& token) {
    return authenticate(*view(), token, clock.now(), rules_).has_value();
  }

  SessionRules rules_;
  PersonId zhang_{};
  std::string secret_ = "12345678901234567890";
  std::string last_token_;
  std::vector<std::string> codes_;
};
INSTANTIATE_TEST_SUITE_P(On, SecondFactor, Plant::databases(), Plant::name_of);

TEST_P(SecondFactor, ThePasswordAloneOpensHalfASessionThatCanDoNothing) {
  turn_on();
  std::string token = half();
  EXPECT_FALSE(is_in(token));
  EXPECT_EQ(count("session"), 0);
  need(with_code(token, code_now()));
  EXPECT_TRUE(is_in(last_token_));
  EXPECT_FALSE(is_in(token));
  EXPECT_EQ(count("half_session"), 0);
}

TEST_P(SecondFactor, WhoHasNoneAndNeedsNoneIsInAtOnce) {
  EXPECT_EQ(need(with_password()).next, NextStep::None);
  EXPECT_TRUE(is_in(last_token_));
}

TEST_P(SecondFactor, ACodeIsTakenOnceOnly) {
  turn_on();
  std::string code = code_now();
  need(with_code(half(), code));
  EXPECT_EQ(refusal_of(with_code(half(), code)), "login_failed");
  clock.advance(kCodeStep);
  EXPECT_EQ(refusal_of(with_code(half(), code)), "login_failed") << "an older step";
  EXPECT_TRUE(with_code(half(), code_now()));
}

TEST_P(SecondFactor, TheCodeThatTurnedItOnOpensNoSession) {
  propose();
  std::string code = code_now();
  need(confirm(code));
  EXPECT_EQ(refusal_of(with_code(half(), code)), "login_failed");
}

TEST_P(SecondFactor, GuessingLocksThePersonForAWhile) {
  turn_on();
  for (int i = 0; i < rules_.failures_max - 1; ++i) {
    EXPECT_EQ(refusal_of(with_code(half(), "000000")), "login_failed");
  }
  EXPECT_EQ(refusal_of(with_code(half(), "000000")), "locked_out");
  EXPECT_EQ(refusal_of(with_code(half(), code_now())), "locked_out") << "also for the right one";
  clock.advance(rules_.lock_out);
  EXPECT_TRUE(with_code(half(), code_now()));
}

TEST_P(SecondFactor, HalfASessionEndsSoonAndThereIsOneAtATime) {
  turn_on();
  std::string first = half();
  std::string second = half();
  EXPECT_EQ(refusal_of(with_code(first, code_now())), "not_logged_in");
  clock.advance(kHalfAgeMax);
  EXPECT_EQ(refusal_of(with_code(second, code_now())), "not_logged_in");
  EXPECT_EQ(refusal_of(with_code("guessed", code_now())), "not_logged_in");
}

TEST_P(SecondFactor, ARecoveryCodeWorksOnce) {
  turn_on();
  std::string code = codes_[3];
  EXPECT_EQ(need(factor_state(*view(), zhang_, rules_)).codes_left, 10);
  need(with_code(half(), lower_ascii(code)));
  EXPECT_EQ(refusal_of(with_code(half(), code)), "login_failed");
  EXPECT_EQ(need(factor_state(*view(), zhang_, rules_)).codes_left, 9);
}

TEST_P(SecondFactor, NeitherSecretNorRecoveryCodeStandsInTheDatabase) {
  turn_on();
  auto stored = [&](const char* column, const char* table) {
    return need(view()->query({std::string("SELECT ") + column + " AS it FROM " + table}));
  };
  auto sealed = stored("sealed", "second_factor");
  EXPECT_EQ(sealed[0].text("it").find(to_hex(secret_)), std::string::npos);
  auto kept = stored("code_sha256", "recovery_code");
  ASSERT_EQ(kept.size(), 10u);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    for (const std::string& code : codes_) {
      EXPECT_EQ(kept[i].text("it").find(plain_recovery_code(code)), std::string::npos);
    }
  }
}

TEST_P(SecondFactor, ASealedSecretOpensWithItsKeyAndForItsPersonOnly) {
  std::string sealed = seal_secret({.person = zhang_, .key = kKey}, secret_, random);
  EXPECT_EQ(need(open_secret({.person = zhang_, .key = kKey}, sealed)), secret_);
  EXPECT_FALSE(open_secret({.person = zhang_, .key = std::string(32, 'x')}, sealed));
  EXPECT_FALSE(open_secret({.person = PersonId{}, .key = kKey}, sealed));
  std::string torn = sealed;
  torn.back() = torn.back() == '0' ? '1' : '0';
  EXPECT_FALSE(open_secret({.person = zhang_, .key = kKey}, torn));
  EXPECT_FALSE(open_secret({.person = zhang_, .key = kKey}, "zz"));
}

TEST_P(SecondFactor, ARoleThatNeedsOneSetsItUpWhileLoggingIn) {
  rules_.second_factor_roles = {"safety_officer"};
  LoginResult result = need(with_password());
  EXPECT_EQ(result.next, NextStep::SetUpFactor);
  std::string token = last_token_;
  EXPECT_EQ(refusal_of(with_code(token, code_now())), "login_failed") << "there is none yet";
  propose();
  EXPECT_EQ(refusal_of(confirm("000000", token)), "bad_field code");
  need(confirm(code_now(), token));
  EXPECT_TRUE(is_in(last_token_));
  clock.advance(kCodeStep);
  EXPECT_EQ(need(with_password()).next, NextStep::SecondFactor);
}

TEST_P(SecondFactor, AFactorThatIsOnIsNotReplacedByAProposal) {
  turn_on();
  std::string sealed = seal_secret({.person = zhang_, .key = kKey}, "other", random);
  EXPECT_EQ(refusal_of(act([&](const Desk& desk) { return propose_factor(desk, zhang_, sealed); })),
            "wrong_state");
  EXPECT_EQ(refusal_of(confirm(code_now())), "wrong_state");
}

TEST_P(SecondFactor, ItsPersonRemovesItByACodeUnlessARoleNeedsIt) {
  turn_on();
  actor = Actor{Actor::Kind::Person, zhang_};
  auto remove = [&](const std::string& code) {
    FactorProof proof{.code = code, .key = kKey};
    return enter([&](const Desk& desk) { return remove_own_factor(desk, proof, rules_); });
  };
  EXPECT_EQ(refusal_of(remove("000000")), "login_failed");
  rules_.second_factor_roles = {"safety_officer"};
  EXPECT_EQ(refusal_of(remove(code_now())), "forbidden");
  rules_.second_factor_roles.clear();
  need(remove(code_now()));
  EXPECT_EQ(count("second_factor"), 0);
  EXPECT_EQ(count("recovery_code"), 0);
  EXPECT_EQ(need(with_password()).next, NextStep::None);
}

TEST_P(SecondFactor, FreshRecoveryCodesEndTheOldOnesAndNeedTheApp) {
  turn_on();
  std::vector<std::string> old = codes_;
  actor = Actor{Actor::Kind::Person, zhang_};
  std::vector<std::string> fresh;
  for (std::size_t i = 0; i < kRecoveryCodes; ++i) fresh.push_back(new_recovery_code(random));
  auto renew = [&](const std::string& code) {
    FactorProof proof{.code = code, .key = kKey};
    return enter([&](const Desk& desk) { return renew_codes(desk, proof, fresh, rules_); });
  };
  EXPECT_EQ(refusal_of(renew(old[0])), "login_failed");
  need(renew(code_now()));
  EXPECT_EQ(refusal_of(with_code(half(), old[1])), "login_failed");
  EXPECT_TRUE(with_code(half(), fresh[1]));
}

TEST_P(SecondFactor, AnAdministratorRemovesItAndTheLedgerKnows) {
  turn_on();
  need(with_code(half(), code_now()));
  std::string session = last_token_;
  auto change = need(act([&](const Desk& desk) { return remove_factor(desk, zhang_); }));
  EXPECT_EQ(change.act, "factor.remove");
  EXPECT_FALSE(change.is_housekeeping);
  EXPECT_FALSE(is_in(session));
  EXPECT_EQ(count("second_factor"), 0);
  EXPECT_EQ(refusal_of(act([&](const Desk& desk) { return remove_factor(desk, zhang_); })),
            "wrong_state");
}

TEST_P(SecondFactor, WhoLeavesTakesNothingOfItAlong) {
  turn_on();
  std::string token = half();
  need(act([&](const Desk& desk) { return leave(desk, zhang_); }));
  EXPECT_EQ(count("second_factor") + count("recovery_code") + count("half_session"), 0);
  EXPECT_EQ(refusal_of(with_code(token, code_now())), "not_logged_in");
}

TEST_P(SecondFactor, WhoHasJustChangedThePasswordGoesOn) {
  turn_on();
  EXPECT_EQ(need(with_password(true)).next, NextStep::None);
}

}  // namespace
}  // namespace anlan::access
