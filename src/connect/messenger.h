#pragma once
// Messages that leave the browser: Web Push (RFC 8030, 8291, 8292), group robots of WeCom and
// DingTalk. A message carries no personal data, only what happened in short and an id.
//
// A push carries the JSON {"id","title","text","url","urgency"} encrypted for that one browser. A
// robot gets plain text; several waiting messages of one robot become one text. A message may
// arrive twice (an answer was lost), never silently not at all: each has exactly one receipt, but
// for those that stop() leaves behind, which whoever keeps the outbox sends again.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/random.h"
#include "core/result.h"
#include "core/time.h"

namespace anlan::connect {

struct Outgoing {
  enum class Channel { WebPush, WeCom, DingTalk };
  std::string id;  // of the row in the outbox: the receipt names it
  Channel channel = Channel::WebPush;
  std::string endpoint;  // push endpoint or robot URL: a secret, never in a log
  std::string p256dh{};  // WebPush: the browser's keys, base64url
  std::string auth{};
  std::string secret{};         // DingTalk: SEC...; may be empty
  int urgency = 1;              // 1 goes first and calls everybody of a robot's group
  std::string title{}, text{};  // already in the reader's language
  std::string url{};            // path in the app: "/m/#/response/..."
};

struct Receipt {
  std::string id;
  enum class State { Sent, Failed, Gone } state = State::Sent;  // Gone: delete the subscription
  std::string reason{};  // English, for the page of messages; no URL in it
  int http_status = 0;   // 0: nobody answered
  Instant at{};
};

struct MessengerConfig {
  std::string vapid_key_file;                          // made with mode 0600 if missing
  std::string contact = "mailto:admin@plant.invalid";  // RFC 8292 "sub"
  std::vector<std::string> trusted_ca_files{};         // besides the system's
  std::string site{};  // "https://anlan.plant.cn:8443" before the links of robots; empty: no links
  // For tests and fakes on this machine: endpoints http://127.0.0.1 are taken, too.
  bool is_plain_loopback_allowed = false;
  Clock& clock;
  Random& random;  // fit for keys; used on the messenger's thread
};

// Sends on its own thread, at most 32 at once, each 10 s at the longest; at most 20 in any minute
// to a robot; waits as long as Retry-After says. Tries again with growing pauses; after five
// minutes a message is Failed. A push service that does not answer holds up only itself.
class Messenger {
 public:
  // Called on the messenger's thread; it may call send().
  using OnReceipt = std::function<void(const Receipt&)>;
  static Result<std::unique_ptr<Messenger>> make(const MessengerConfig& config,
                                                 OnReceipt on_receipt);
  virtual ~Messenger() = default;
  virtual void start() = 0;
  virtual void stop() = 0;
  // From any thread. Overloaded above 10,000 waiting; BadField where endpoint or keys are none.
  virtual Result<void> send(Outgoing message) = 0;
  virtual std::string vapid_public_key() const = 0;  // base64url, for PushManager.subscribe
};

}  // namespace anlan::connect
