#include "connect/messenger.h"

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "connect/message_queue.h"
#include "connect/push_wire.h"
#include "connect/robot_wire.h"
#include "connect/vapid_key.h"
#include "connect/web_client.h"
#include "core/base64.h"
#include "core/check.h"
#include "core/json.h"
#include "core/text.h"

namespace anlan::connect {
namespace {

constexpr Duration kTimeOut = Duration::seconds(10);
constexpr Duration kSweepEvery = Duration::seconds(1);
constexpr Duration kTokenLife = Duration::hours(12);  // RFC 8292, clause 2: at most 24 h
constexpr Duration kTokenReuse = Duration::hours(6);
constexpr std::size_t kTokensMax = 100;  // push services; there are five or six in the world
constexpr int kPushKeepsSeconds = 3600;  // the way out of an hour ago helps nobody
constexpr std::size_t kTitleBytesMax = 300;
constexpr std::size_t kTextBytesMax = 3000;

using Channel = Outgoing::Channel;
using End = MessageQueue::End;

// What one request ended with: a receipt for its messages, or another try.
struct Outcome {
  std::optional<Receipt::State> state;
  MessageQueue::Ending ending{};
};

std::string push_text(const Outgoing& message) {
  std::size_t bytes = kTextBytesMax;
  while (true) {
    std::string json = write_json(Json::object({{"id", message.id},
                                                {"title", cut_text(message.title, kTitleBytesMax)},
                                                {"text", cut_text(message.text, bytes)},
                                                {"url", message.url},
                                                {"urgency", message.urgency}}));
    if (json.size() <= kPushPlainBytesMax || bytes == 0) return json;
    bytes /= 2;  // escapes made it longer than its bytes
  }
}

Result<void> check_message(const Outgoing& message, PlainHttp plain) {
  if (message.id.empty() || message.id.size() > 100) {
    return refuse(ErrorCode::BadField, "1 to 100 bytes", "id");
  }
  TRY(check_url(message.endpoint, plain));
  for (const std::string* text : {&message.id, &message.title, &message.text, &message.url}) {
    if (!is_utf8(*text)) return refuse(ErrorCode::BadField, "not UTF-8", "text");
  }
  if (message.url.size() > kTitleBytesMax) return refuse(ErrorCode::TooLarge, "", "url");
  if (message.channel == Channel::WebPush) TRY(push_receiver(message.p256dh, message.auth));
  return {};
}

class CurlMessenger final : public Messenger {
 public:
  CurlMessenger(const MessengerConfig& config, OnReceipt on_receipt, P256Key key,
                std::unique_ptr<WebClient> client)
      : config_(config),
        on_receipt_(std::move(on_receipt)),
        key_(std::move(key)),
        client_(std::move(client)),
        queue_(config.random, config.site) {}
  ~CurlMessenger() override { stop(); }
  CurlMessenger(const CurlMessenger&) = delete;
  CurlMessenger& operator=(const CurlMessenger&) = delete;

  void start() override {
    CHECK(!thread_.joinable(), "a messenger starts once");
    thread_ = std::thread([this] { run(); });
  }

  void stop() override {
    is_stopping_ = true;
    client_->wake();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> send(Outgoing message) override {
    PlainHttp plain = config_.is_plain_loopback_allowed ? PlainHttp::Loopback : PlainHttp::Never;
    TRY(check_message(message, plain));
    {
      std::lock_guard lock(mutex_);
      if (unfinished_ >= kMessagesMax) {
        return refuse(ErrorCode::Overloaded, "10,000 messages wait to be sent");
      }
      ++unfinished_;
      arrived_.push_back(std::move(message));
    }
    client_->wake();
    return {};
  }

  std::string vapid_public_key() const override { return base64url(key_.point); }

 private:
  struct Token {
    std::string text;
    Instant made_at;
  };

  void run() {
    while (!is_stopping_) {
      Instant now = config_.clock.now();
      take_arrived(now);
      if (now < swept_at_ || now - swept_at_ >= kSweepEvery) sweep(now);
      while (auto batch = queue_.next(now)) begin(*std::move(batch), now);
      for (WebClient::Done& done : client_->wait(queue_.idle(now))) end(done);
    }
  }

  void take_arrived(Instant now) {
    std::vector<Outgoing> arrived;
    {
      std::lock_guard lock(mutex_);
      arrived.swap(arrived_);
    }
    for (Outgoing& message : arrived) queue_.add(std::move(message), now);
  }

  void sweep(Instant now) {
    swept_at_ = now;
    for (const Waiting& waiting : queue_.take_expired(now)) {
      std::string why = waiting.trouble.empty() ? "waited for five minutes" : waiting.trouble;
      receipt(waiting, {.state = Receipt::State::Failed, .reason = std::move(why)});
    }
  }

  void begin(Batch batch, Instant now) {
    Result<WebRequest> request = request_of(batch, now);
    uint64_t tag = next_tag_++;
    Result<void> begun = request ? client_->begin(tag, *std::move(request))
                                 : std::unexpected(std::move(request).error());
    if (begun) {
      running_.emplace(tag, std::move(batch));
      return;
    }
    tell(batch, {.state = Receipt::State::Failed, .reason = begun.error().detail});
    queue_.finish(std::move(batch), {}, now);
  }

  void end(WebClient::Done& done) {
    auto found = running_.find(done.tag);
    CHECK(found != running_.end(), "an answer belongs to a request");
    Batch batch = std::move(found->second);
    running_.erase(found);
    Outcome outcome = outcome_of(batch.messages[0].message.channel, done.answer);
    if (outcome.state) {
      tell(batch, {.state = *outcome.state,
                   .reason = outcome.ending.trouble,
                   .http_status = done.answer.status});
    }
    queue_.finish(std::move(batch), outcome.ending, config_.clock.now());
  }

  static Outcome outcome_of(Channel channel, const WebAnswer& answer) {
    if (answer.status == 0) {
      return {.state = {}, .ending = {.end = End::NoAnswer, .trouble = answer.trouble}};
    }
    if (channel == Channel::WebPush) return push_outcome(answer);
    return robot_outcome(channel, answer);
  }

  static Outcome push_outcome(const WebAnswer& answer) {
    PushAnswer read = read_push_answer(answer.status);
    switch (read.verdict) {
      case PushAnswer::Verdict::Sent: return {.state = Receipt::State::Sent};
      case PushAnswer::Verdict::Gone:
        return {.state = Receipt::State::Gone, .ending = {.trouble = std::move(read.reason)}};
      case PushAnswer::Verdict::Refused:
        return {.state = Receipt::State::Failed, .ending = {.trouble = std::move(read.reason)}};
      case PushAnswer::Verdict::Later: break;
    }
    return {.state = {},
            .ending = {
                .end = End::Later, .pause = answer.retry_after, .trouble = std::move(read.reason)}};
  }

  static Outcome robot_outcome(Channel channel, const WebAnswer& answer) {
    RobotAnswer read = channel == Channel::WeCom ? read_wecom_answer(answer.status, answer.body)
                                                 : read_dingtalk_answer(answer.status, answer.body);
    Duration pause = std::max(read.pause, answer.retry_after);
    MessageQueue::Ending ending{.trouble = std::move(read.reason)};
    switch (read.verdict) {
      case RobotAnswer::Verdict::Sent: return {.state = Receipt::State::Sent};
      case RobotAnswer::Verdict::Gone:
        return {.state = Receipt::State::Gone, .ending = std::move(ending)};
      case RobotAnswer::Verdict::Refused:
        return {.state = Receipt::State::Failed, .ending = std::move(ending)};
      case RobotAnswer::Verdict::TooFast: ending.end = End::TooFast; break;
      case RobotAnswer::Verdict::Later: ending.end = End::Later; break;
    }
    ending.pause = pause;
    return {.state = {}, .ending = std::move(ending)};
  }

  Result<WebRequest> request_of(const Batch& batch, Instant now) {
    const Outgoing& first = batch.messages[0].message;
    if (first.channel == Channel::WebPush) return push_request(first, now);
    bool is_urgent = false;
    for (const Waiting& waiting : batch.messages) {
      is_urgent = is_urgent || waiting.message.urgency <= 1;
    }
    Mention mention = is_urgent ? Mention::All : Mention::Nobody;
    bool is_wecom = first.channel == Channel::WeCom;
    return WebRequest{
        .url = is_wecom ? first.endpoint : dingtalk_url(first.endpoint, first.secret, now),
        .headers = {"Content-Type: application/json; charset=utf-8"},
        .body = is_wecom ? wecom_body(batch.robot_text, mention)
                         : dingtalk_body(batch.robot_text, mention),
        .time_out = kTimeOut};
  }

  Result<WebRequest> push_request(const Outgoing& message, Instant now) {
    PushReceiver receiver = TRY(push_receiver(message.p256dh, message.auth));
    PushSender sender = TRY(new_push_sender(config_.random));
    std::string body = TRY(encrypt_push(push_text(message), receiver, sender));
    std::string origin = TRY(origin_of(message.endpoint));
    std::string authorization = TRY(token_for(origin, now));
    return WebRequest{.url = message.endpoint,
                      .headers = {"Authorization: " + authorization, "Content-Encoding: aes128gcm",
                                  "Content-Type: application/octet-stream",
                                  "TTL: " + std::to_string(kPushKeepsSeconds),
                                  message.urgency <= 1 ? "Urgency: high" : "Urgency: normal"},
                      .body = std::move(body),
                      .time_out = kTimeOut};
  }

  // RFC 8292, clause 2: one token may serve many requests, which spares the push service work.
  Result<std::string> token_for(const std::string& origin, Instant now) {
    auto found = tokens_.find(origin);
    if (found != tokens_.end() && now >= found->second.made_at &&
        now - found->second.made_at < kTokenReuse) {
      return found->second.text;
    }
    VapidClaims claims{.audience = origin,
                       .expires = (now + kTokenLife).to_milliseconds() / 1000,
                       .subject = config_.contact};
    std::string text = TRY(vapid_authorization(key_, claims));
    if (tokens_.size() >= kTokensMax) tokens_.clear();
    tokens_.insert_or_assign(origin, Token{text, now});
    return text;
  }

  void tell(const Batch& batch, const Receipt& kind) {
    for (const Waiting& waiting : batch.messages) receipt(waiting, kind);
  }

  void receipt(const Waiting& waiting, Receipt receipt) {
    receipt.id = waiting.message.id;
    receipt.at = config_.clock.now();
    {
      std::lock_guard lock(mutex_);
      --unfinished_;
    }
    on_receipt_(receipt);
  }

  const MessengerConfig config_;
  const OnReceipt on_receipt_;
  const P256Key key_;
  const std::unique_ptr<WebClient> client_;

  std::mutex mutex_;  // of the next two
  std::vector<Outgoing> arrived_;
  std::size_t unfinished_ = 0;
  std::atomic<bool> is_stopping_ = false;

  // Of the thread alone.
  MessageQueue queue_;
  std::map<uint64_t, Batch> running_;
  std::map<std::string, Token> tokens_;
  uint64_t next_tag_ = 0;
  Instant swept_at_{};
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Messenger>> Messenger::make(const MessengerConfig& config,
                                                   OnReceipt on_receipt) {
  P256Key key = TRY(vapid_key(config.vapid_key_file, config.random));
  WebTrust trust{
      .authorities = {},
      .plain = config.is_plain_loopback_allowed ? PlainHttp::Loopback : PlainHttp::Never};
  trust.authorities = TRY(trusted_authorities(config.trusted_ca_files));
  std::unique_ptr<WebClient> client = TRY(WebClient::make(std::move(trust)));
  return std::make_unique<CurlMessenger>(config, std::move(on_receipt), std::move(key),
                                         std::move(client));
}

}  // namespace anlan::connect
