#include <sodium.h>

#include <algorithm>
#include <array>

#include "access/hash_gate.h"
#include "access/sessions.h"
#include "core/check.h"
#include "core/text.h"

namespace anlan::access {
namespace {

// OWASP's second set of Argon2id parameters (RFC 9106 names none this small): 19 MiB, 2 passes.
constexpr unsigned long long kPasses = 2;
constexpr std::size_t kMemoryBytes = 19u << 20;
constexpr int kRunningMax = 2;
constexpr int kWaitingMax = 32;
constexpr std::size_t kPasswordBytesMax = 256;

// The one thing here that is not passed in: the memory and the cores are the whole machine's, so
// every caller must stand in the same queue.
HashGate& gate() {
  static HashGate the_gate(kRunningMax, kWaitingMax);
  return the_gate;
}

void need_sodium() {
  static const int state = sodium_init();
  CHECK(state >= 0, "libsodium does not start");
}

Result<bool> is_hash_of(std::string_view hash, std::string_view password) {
  need_sodium();
  HashGate::Pass pass = TRY(gate().enter());
  std::string whole(hash);
  // Too long a text can't be anybody's password; its beginning is checked for the time it takes.
  std::string_view tried = password.substr(0, kPasswordBytesMax);
  int differs = crypto_pwhash_str_verify(whole.c_str(), tried.data(), tried.size());
  return differs == 0 && tried.size() == password.size();
}

// What guessing programs try first and people in plants really take.
constexpr std::array<std::string_view, 18> kCommon{
    "password1", "password123", "passw0rd", "p@ssw0rd",  "p@ssword1", "abc12345",
    "abcd1234",  "abc123456",   "aa123456", "aa123456.", "a1234567",  "qwer1234",
    "1qaz2wsx",  "1qaz@wsx",    "admin123", "admin@123", "admin123.", "welcome1"};

int kinds_of_chars(std::string_view password) {
  bool lower = false;
  bool upper = false;
  bool digit = false;
  bool other = false;
  for (char c : password) {
    bool is_lower = c >= 'a' && c <= 'z';
    bool is_upper = c >= 'A' && c <= 'Z';
    bool is_digit = c >= '0' && c <= '9';
    lower = lower || is_lower;
    upper = upper || is_upper;
    digit = digit || is_digit;
    other = other || !(is_lower || is_upper || is_digit);
  }
  return lower + upper + digit + other;
}

struct Credential {
  PersonId person;
  std::string hash;
  int64_t version = 0;
};

Result<std::optional<Credential>> credential_of(store::View& view, const store::Sql& sql) {
  store::Rows rows = TRY(view.query(sql));
  if (rows.empty()) return std::nullopt;
  return Credential{TRY(PersonId::parse(rows[0].text("id"))), rows[0].text_or("password_hash", ""),
                    rows[0].int64_or("version", 0)};
}

}  // namespace

Result<HashGate::Pass> HashGate::enter() {
  std::unique_lock lock(mutex_);
  if (running_ >= running_max_) {
    if (waiting_ >= waiting_max_) return refuse(ErrorCode::Overloaded, "password hashes");
    ++waiting_;
    freed_.wait(lock, [&] { return running_ < running_max_; });
    --waiting_;
  }
  ++running_;
  return Pass(*this);
}

void HashGate::release() {
  {
    std::lock_guard lock(mutex_);
    --running_;
  }
  freed_.notify_one();
}

std::string_view nobodys_hash() {
  return "$argon2id$v=19$m=19456,t=2,p=1$3E++fJmyMeAjhN2s7/lkvA$"
         "Pn+OeYuLzxKROiUplRjz2inyCq5a6oMyboVmNGFsgmE";
}

Result<std::string> hash_password(std::string_view password) {
  need_sodium();
  if (password.size() > kPasswordBytesMax) return refuse(ErrorCode::WeakPassword, "too long");
  HashGate::Pass pass = TRY(gate().enter());
  std::array<char, crypto_pwhash_STRBYTES> out{};
  int failed = crypto_pwhash_str_alg(out.data(), password.data(), password.size(), kPasses,
                                     kMemoryBytes, crypto_pwhash_ALG_ARGON2ID13);
  if (failed != 0) return refuse(ErrorCode::Overloaded, "no memory for a password hash");
  return std::string(out.data());
}

Result<void> check_password_strength(std::string_view password, std::string_view login,
                                     const SessionRules& rules) {
  auto weak = [](std::string why) {
    return refuse(ErrorCode::WeakPassword, std::move(why), "password");
  };
  if (!is_utf8(password)) return weak("not UTF-8");
  if (password.size() > kPasswordBytesMax) return weak("too long");
  if (count_chars(password) < static_cast<std::size_t>(rules.password_chars_min)) {
    return weak("too short");
  }
  if (kinds_of_chars(password) < 3) return weak("three of: lower, upper, digit, other");
  std::string lower = lower_ascii(password);
  if (!login.empty() && lower.contains(lower_ascii(login))) return weak("holds the account");
  if (std::ranges::find(kCommon, lower) != kCommon.end()) return weak("one of the first guesses");
  return {};
}

Result<PasswordCheck> check_password(store::View& view, std::string_view login,
                                     std::string_view password) {
  PasswordCheck check{.login = lower_ascii(trim(login))};
  std::optional<Credential> found = TRY(credential_of(
      view, {"SELECT p.id, c.password_hash, c.version FROM person p LEFT JOIN credential c "
             "ON c.person_id = p.id WHERE p.login = ? AND p.state = 'active'",
             {check.login}}));
  bool can_log_in = found && !found->hash.empty();
  bool is_right = TRY(is_hash_of(can_log_in ? found->hash : nobodys_hash(), password));
  if (!found) return check;
  check.person = found->person;
  check.is_right = is_right && can_log_in;
  check.credential_version = found->version;
  return check;
}

Result<bool> is_password_of(store::View& view, PersonId person, std::string_view password) {
  std::optional<Credential> found = TRY(credential_of(
      view, {"SELECT person_id AS id, password_hash, version FROM credential WHERE person_id = ?",
             {person.text()}}));
  if (!found) return false;
  return is_hash_of(found->hash, password);
}

std::string random_token(Random& random) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";  // RFC 4648, clause 5
  std::array<uint8_t, 33> bytes{};  // the last stays 0: 256 bits make 43 digits
  random.fill(std::span(bytes).first(32));
  std::string out;
  for (std::size_t i = 0; i < 43; ++i) {
    std::size_t bit = i * 6;
    unsigned pair = static_cast<unsigned>(bytes[bit / 8] << 8 | bytes[bit / 8 + 1]);
    out += kDigits[pair >> (10 - bit % 8) & 63];
  }
  return out;
}

}  // namespace anlan::access
