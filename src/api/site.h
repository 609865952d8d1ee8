#pragma once
// Everything that answers a request, without the sockets: routes, who asks, limits, error shape,
// headers, pages. Server puts Drogon in front of it; tests call it directly.
//
//   Site site(engine, config, pool);
//   site.handle(request, [](Answer answer) { ... });   // the reply may come from any thread

#include <atomic>
#include <functional>
#include <mutex>
#include <unordered_map>

#include "api/routes.h"
#include "api/services.h"

namespace anlan::api {

class Site {
 public:
  Site(engine::Engine& engine, const ServerConfig& config, Pool& pool);

  // Makes the certificates unless plain_http, and the secret of token texts.
  struct Tls {
    std::string certificate_path{};
    std::string key_path{};
    bool was_renewed = false;
  };
  Result<Tls> prepare();
  void set_places(Places places) { services_.places = std::move(places); }
  const Services& services() const { return services_; }
  void set_live(std::function<Json()> live) { services_.live = std::move(live); }

  // Never waits: what has to goes to the pool.
  void handle(Request request, Reply reply);
  // The plain-http door beside TLS: shows /ca, sends everything else over to https.
  void handle_plain_door(Request request, Reply reply);

  // Whether a live stream may be opened: the caller, or the answer that refuses it.
  struct Visitor {
    access::Subject by{};
    std::string token{};
    std::string language{};
  };
  using Admit = std::function<void(std::expected<Visitor, Answer>)>;
  void admit_live(Request request, bool has_room, Admit admit);
  // For what the transport refuses by itself, in our shape.
  Answer refuse_early(const Request& request, ErrorCode code);

 private:
  std::string next_id();
  Reply note(const Route& route, const Request& request, std::string id, Reply reply);
  Reply dress(const Request& request, const std::string& id, Reply reply);
  Answer refusal(const Error& error, const ErrorContext& context);
  Answer too_many(Duration wait, const ErrorContext& context);
  void serve_page(std::string path, Request request, const ErrorContext& context, Reply reply);
  void run(const Route& route, Call call, Reply reply);
  Result<void> identify(const Route& route, Call& call, Duration& wait);
  void execute(const Route& route, const CallPtr& call, Finish finish);
  void note_activity(const access::Subject& by);

  Services services_;
  Pool& pool_;
  Buckets address_rate_;
  Buckets session_rate_;
  std::string id_prefix_;
  std::atomic<uint64_t> next_number_ = 1;
  std::mutex seen_mutex_;
  std::unordered_map<Uuid, Instant> seen_;  // when a session's activity was last noted
};

}  // namespace anlan::api
