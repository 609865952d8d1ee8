#pragma once
// The log-in provider as the server meets it: its discovery document and keys, kept for a while,
// and the tries to log in that are under way. Local log-ins never wait for it: few threads ask at a
// time, and while it is down it is not asked at all for some seconds.

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "access/access.h"
#include "api/api.h"
#include "core/random.h"

namespace anlan::api {

// Now, by the clock that runs evenly and by the one that tells the time.
struct Moment {
  Instant steady;
  Instant wall;
};

class Provider {
 public:
  using Ask = std::function<Result<WebReply>(const WebAsk& ask)>;
  Provider(access::ProviderSettings settings, Ask ask)
      : settings_(std::move(settings)), ask_(std::move(ask)) {}
  const access::ProviderSettings& settings() const { return settings_; }

  // Where the browser is sent, and what it has to bring back in a cookie. Overloaded: it is down.
  struct Begun {
    std::string url;
    std::string binding;
  };
  Result<Begun> begin(std::string_view client, Random& random, const Moment& now);

  // A try is good once and for ten minutes, and only for the browser that began it. WrongState
  // otherwise.
  struct Try {
    access::LoginTry login;
    std::string client;
  };
  Result<Try> take(std::string_view state, std::string_view binding, Instant steady);

  // Changes the code for an identity. Overloaded: it is down; ProofInvalid: its answer is no proof.
  Result<access::Identity> identity(std::string_view code, const access::LoginTry& login,
                                    const Moment& now);
  // Where its own session ends; empty where it says nothing about that.
  std::string end_session();

 private:
  struct Pending {
    Try what;
    std::string binding_sha256;
    Instant begun;
  };
  Result<std::string> fetch(const WebAsk& ask, Instant steady);
  Result<access::ProviderPlaces> places(Instant steady);
  Result<Json> claims_of(const std::string& token, const access::ProviderPlaces& places,
                         Instant steady);
  Result<void> load_keys(const access::ProviderPlaces& places, Instant steady);
  void drop_old(Instant steady);

  const access::ProviderSettings settings_;
  const Ask ask_;
  std::mutex mutex_;
  std::optional<access::ProviderPlaces> places_{};
  Instant places_at_{};
  access::KeySet keys_{};
  std::optional<Instant> keys_at_{};
  std::optional<Instant> down_until_{};
  int asking_ = 0;
  std::unordered_map<std::string, Pending> pending_{};  // by SHA-256 of the state
};

}  // namespace anlan::api
