#include "api/provider.h"

#include <utility>

#include "core/hash.h"
#include "core/log.h"

namespace anlan::api {
namespace {

constexpr Duration kTryAgeMax = Duration::minutes(10);
constexpr std::size_t kTriesMax = 10'000;
constexpr Duration kPlacesAgeMax = Duration::hours(1);
constexpr Duration kKeysAgeMax = Duration::hours(1);
// Unknown key names must not become a way to make us ask without end.
constexpr Duration kKeysAgainAfter = Duration::seconds(30);
constexpr Duration kDownFor = Duration::seconds(10);
constexpr int kAskingMax = 2;  // of four workers: the others go on with local log-ins
constexpr std::size_t kCodeBytesMax = 2'000;

std::unexpected<Error> is_down() { return refuse(ErrorCode::Overloaded, "the log-in provider"); }

}  // namespace

Result<std::string> Provider::fetch(const WebAsk& ask, Instant steady) {
  {
    std::lock_guard lock(mutex_);
    if (!ask_ || (down_until_ && steady < *down_until_) || asking_ >= kAskingMax) return is_down();
    ++asking_;
  }
  Result<WebReply> reply = ask_(ask);
  bool is_silent = !reply || reply->status == 0 || reply->status >= 500;
  {
    std::lock_guard lock(mutex_);
    --asking_;
    down_until_ = is_silent ? std::optional(steady + kDownFor) : std::nullopt;
  }
  if (is_silent) {
    log(LogLevel::Warning, "log-in provider does not answer",
        Json::object({{"status", reply ? reply->status : 0}}));
    return is_down();
  }
  if (reply->status != 200) {
    return refuse(ErrorCode::ProofInvalid, "the provider answers " + std::to_string(reply->status));
  }
  return std::move(reply->body);
}

Result<access::ProviderPlaces> Provider::places(Instant steady) {
  {
    std::lock_guard lock(mutex_);
    if (places_ && steady < places_at_ + kPlacesAgeMax) return *places_;
  }
  std::string text = TRY(fetch({.url = access::discovery_url(settings_)}, steady));
  auto read = TRY(access::read_places(text, settings_));
  std::lock_guard lock(mutex_);
  places_ = read;
  places_at_ = steady;
  return read;
}

Result<Provider::Begun> Provider::begin(std::string_view client, Random& random,
                                        const Moment& now) {
  access::ProviderPlaces at = TRY(places(now.steady));
  Pending pending{.what = {.login = access::new_login_try(random), .client = std::string(client)},
                  .begun = now.steady};
  std::string binding = access::random_token(random);
  pending.binding_sha256 = sha256(binding);
  Begun begun{.url = access::authorization_url(settings_, at, pending.what.login),
              .binding = std::move(binding)};
  std::lock_guard lock(mutex_);
  drop_old(now.steady);
  if (pending_.size() >= kTriesMax) return refuse(ErrorCode::TooManyRequests, "log-ins under way");
  pending_.emplace(sha256(pending.what.login.state), std::move(pending));
  return begun;
}

void Provider::drop_old(Instant steady) {
  std::erase_if(pending_,
                [&](const auto& entry) { return entry.second.begun + kTryAgeMax <= steady; });
}

Result<Provider::Try> Provider::take(std::string_view state, std::string_view binding,
                                     Instant steady) {
  std::lock_guard lock(mutex_);
  drop_old(steady);
  auto found = pending_.find(sha256(state));
  // Another browser must not use it up either.
  if (found == pending_.end() || found->second.binding_sha256 != sha256(binding)) {
    return refuse(ErrorCode::WrongState, "no such try to log in");
  }
  Try taken = std::move(found->second.what);
  pending_.erase(found);
  return taken;
}

Result<void> Provider::load_keys(const access::ProviderPlaces& at, Instant steady) {
  std::string text = TRY(fetch({.url = at.keys}, steady));
  auto keys = TRY(access::KeySet::parse(text));
  std::lock_guard lock(mutex_);
  keys_ = std::move(keys);
  keys_at_ = steady;
  return {};
}

// A key that is not known may be a new one: the set is read again, but not at every such token.
Result<Json> Provider::claims_of(const std::string& token, const access::ProviderPlaces& at,
                                 Instant steady) {
  std::optional<Instant> read_at;
  {
    std::lock_guard lock(mutex_);
    read_at = keys_at_;
  }
  bool is_fresh = read_at && steady < *read_at + kKeysAgeMax;
  if (!is_fresh) TRY(load_keys(at, steady));
  auto verified = [&] {
    std::lock_guard lock(mutex_);
    return keys_.verified(token);
  };
  Result<Json> claims = verified();
  bool is_unknown = !claims && claims.error().code == ErrorCode::UnknownField;
  bool may_ask = is_fresh && *read_at + kKeysAgainAfter <= steady;
  if (is_unknown && may_ask) {
    TRY(load_keys(at, steady));
    claims = verified();
  }
  if (!claims && claims.error().code == ErrorCode::UnknownField) {
    return refuse(ErrorCode::ProofInvalid, "a key that the provider does not have");
  }
  return claims;
}

Result<access::Identity> Provider::identity(std::string_view code, const access::LoginTry& login,
                                            const Moment& now) {
  if (code.empty() || code.size() > kCodeBytesMax) return refuse(ErrorCode::ProofInvalid, "code");
  access::ProviderPlaces at = TRY(places(now.steady));
  access::TokenRequest request = access::token_request(settings_, at, code, login.verifier);
  std::string answer = TRY(fetch(
      {.url = at.token, .headers = std::move(request.headers), .body = std::move(request.body)},
      now.steady));
  std::string token = TRY(access::read_token_answer(answer));
  Json claims = TRY(claims_of(token, at, now.steady));
  return access::identity_of(claims,
                             {.settings = settings_, .nonce = login.nonce, .now = now.wall});
}

std::string Provider::end_session() {
  std::lock_guard lock(mutex_);
  return places_ ? access::end_session_url(settings_, *places_) : std::string();
}

}  // namespace anlan::api
