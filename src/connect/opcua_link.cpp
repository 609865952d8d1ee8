#include "connect/opcua_link.h"

#include <open62541/client.h>
#include <open62541/client_config_default.h>

#include <algorithm>
#include <chrono>
#include <format>

#include "connect/opcua_book.h"
#include "connect/opcua_types.h"

namespace anlan::connect {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kBatch = 500;  // items of one request
constexpr int kPublishMost = 3;      // requests that wait at the server
constexpr std::size_t kNodesMax = 1000;
constexpr uint32_t kKeepAlive = 10;   // intervals
constexpr uint32_t kLifetime = 1200;  // intervals: ten minutes, so that we may come back
constexpr uint32_t kQueueMost = 100;  // values of one item that wait at the server

int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Steady::now().time_since_epoch())
      .count();
}

class Link final : public OpcuaLink {
 public:
  Link(Config config, std::vector<Item> items, OnValues on_values, OnGap on_gap)
      : config_(std::move(config)),
        items_(std::move(items)),
        on_values_(std::move(on_values)),
        on_gap_(std::move(on_gap)) {}
  ~Link() override { disconnect(); }

  std::string connect() override {
    std::string trouble = open_session();
    if (trouble.empty()) trouble = take_over();
    if (trouble.empty() && subscription_ == 0) trouble = subscribe();
    heard_at_ = steady_ns();
    if (!trouble.empty()) close_session();
    return trouble;
  }

  std::string turn(Duration at_most) override {
    if (!client_) return "not connected";
    for (; publishing_ < publish_most_ && subscription_ != 0; ++publishing_) send_publish();
    UA_StatusCode status =
        UA_Client_run_iterate(client_.get(), static_cast<UA_UInt32>(at_most.to_milliseconds()));
    for (auto& response : std::exchange(arrived_, {})) take_publish(*response.get());
    if (!trouble_.empty()) return std::exchange(trouble_, "");
    UA_SessionState session = UA_SESSIONSTATE_CLOSED;
    UA_Client_getState(client_.get(), nullptr, &session, nullptr);
    if (status != UA_STATUSCODE_GOOD) return opcua_words(status);
    if (session != UA_SESSIONSTATE_ACTIVATED) return "lost: the session is gone";
    if (must_read_all_) read_all();
    poll_due();
    if (!trouble_.empty()) return std::exchange(trouble_, "");
    return is_silent() ? "lost: no answer to publish requests" : "";
  }

  // The server forgets the subscription with the session; else it would keep it until its lifetime
  // ends, for us to come back.
  void disconnect() override {
    subscription_ = 0;
    close_session();
  }
  Revised revised() const override { return revised_; }
  std::optional<Instant> server_time() override { return std::exchange(server_time_, {}); }
  std::vector<Node> browse(const std::string& node) override;

 private:
  struct FreeClient {
    void operator()(UA_Client* client) const { UA_Client_delete(client); }
  };

  std::string open_session();
  std::string take_over();
  std::string subscribe();
  std::string create_items(std::size_t first, std::size_t count);
  void close_session();
  void send_publish();
  // Within the library's turn nothing else can be asked: what came is looked at after it.
  static void on_publish(UA_Client*, void* self, UA_UInt32, void* response) {
    static_cast<Link*>(self)->arrived_.emplace_back(*static_cast<UA_PublishResponse*>(response),
                                                    UA_TYPES[UA_TYPES_PUBLISHRESPONSE]);
  }
  void take_publish(const UA_PublishResponse& response);
  void take_message(const UA_NotificationMessage& message);
  void ask_again(uint32_t sequence);
  void lose();
  void read_all();
  void poll_due();
  void read_items(std::span<const std::size_t> items);
  bool is_silent() const {
    if (subscription_ == 0) return false;
    double most_ms = revised_.publish_ms * (revised_.keep_alive + 1) * 2;
    auto wait_ns = static_cast<int64_t>(most_ms * 1e6) + config_.time_out.ns;
    return steady_ns() - heard_at_ > wait_ns;
  }
  template <class Request, class Response>
  OpcuaOwned<Response> call(const Request& request, const UA_DataType& request_type,
                            const UA_DataType& response_type) {
    OpcuaOwned<Response> response(response_type);
    __UA_Client_Service(client_.get(), &request, &request_type, response.get(), &response_type);
    server_time_ = opcua_instant(response->responseHeader.timestamp);
    return response;
  }

  Config config_;
  std::vector<Item> items_;
  OnValues on_values_;
  OnGap on_gap_;
  UA_Logger silence_{};  // what it would say we say
  std::unique_ptr<UA_Client, FreeClient> client_;
  uint32_t subscription_ = 0;  // outlives the session, to be taken over
  NotificationBook book_;
  std::vector<UA_SubscriptionAcknowledgement> acknowledge_;
  std::vector<OpcuaOwned<UA_PublishResponse>> arrived_;
  int publishing_ = 0, publish_most_ = kPublishMost;
  int64_t heard_at_ = 0;
  bool must_read_all_ = false;
  std::optional<Instant> server_time_{};
  std::vector<std::size_t> polled_;
  std::vector<int64_t> due_;  // of polled_
  Revised revised_;
  std::string trouble_;
};

std::string Link::open_session() {
  close_session();
  UA_ClientConfig config{};
  config.logging = &silence_;
  UA_StatusCode status = UA_STATUSCODE_GOOD;
  if (config_.is_secure) {
    UA_ByteString trusted = opcua_bytes(config_.server_certificate);
    status =
        UA_ClientConfig_setDefaultEncryption(&config, opcua_bytes(config_.certificate),
                                             opcua_bytes(config_.key), &trusted, 1, nullptr, 0);
    config.securityMode = UA_MESSAGESECURITYMODE_SIGNANDENCRYPT;
    UA_String_clear(&config.securityPolicyUri);
    config.securityPolicyUri =
        UA_STRING_ALLOC("http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256");
    UA_String_clear(&config.clientDescription.applicationUri);
    config.clientDescription.applicationUri = UA_STRING_ALLOC(config_.application_uri.c_str());
  } else {
    status = UA_ClientConfig_setDefault(&config);
    config.securityMode = UA_MESSAGESECURITYMODE_NONE;
  }
  if (status == UA_STATUSCODE_GOOD && !config_.user_certificate.empty()) {
    status = UA_ClientConfig_setAuthenticationCert(&config, opcua_bytes(config_.user_certificate),
                                                   opcua_bytes(config_.user_key));
  } else if (status == UA_STATUSCODE_GOOD && !config_.user.empty()) {
    status = UA_ClientConfig_setAuthenticationUsername(&config, config_.user.c_str(),
                                                       config_.password.c_str());
  }
  if (status != UA_STATUSCODE_GOOD) {
    UA_ClientConfig_clear(&config);
    return "connect: " + opcua_words(status);
  }
  config.timeout = static_cast<UA_UInt32>(config_.time_out.to_milliseconds());
  config.outStandingPublishRequests = 0;
  client_.reset(UA_Client_newWithConfig(&config));
  if (!client_) {
    UA_ClientConfig_clear(&config);
    return "connect: no memory";
  }
  status = UA_Client_connect(client_.get(), config_.url.c_str());
  if (status != UA_STATUSCODE_GOOD) return "connect: " + opcua_words(status);
  // To find the endpoint it had to reconnect; from now on when and how often is ours.
  UA_Client_getConfig(client_.get())->noReconnect = true;
  UA_Client_getConfig(client_.get())->noNewSession = true;
  return "";
}

void Link::close_session() {
  if (!client_) return;
  // A subscription that we may want to take over must outlive the session.
  if (subscription_ == 0) UA_Client_disconnect(client_.get());
  else UA_Client_disconnectSecureChannel(client_.get());
  client_.reset();
  arrived_.clear();
  publish_most_ = kPublishMost;
  publishing_ = 0;
  trouble_.clear();
  acknowledge_.clear();
}

// Part 4, 5.14.7. What the server still holds for us is asked for; what it no longer holds is read.
std::string Link::take_over() {
  if (subscription_ == 0) return "";
  UA_TransferSubscriptionsRequest request;
  UA_TransferSubscriptionsRequest_init(&request);
  request.subscriptionIds = &subscription_;
  request.subscriptionIdsSize = 1;
  request.sendInitialValues = true;
  auto response = call<UA_TransferSubscriptionsRequest, UA_TransferSubscriptionsResponse>(
      request, UA_TYPES[UA_TYPES_TRANSFERSUBSCRIPTIONSREQUEST],
      UA_TYPES[UA_TYPES_TRANSFERSUBSCRIPTIONSRESPONSE]);
  bool is_ours = response->responseHeader.serviceResult == UA_STATUSCODE_GOOD &&
                 response->resultsSize == 1 &&
                 response->results[0].statusCode == UA_STATUSCODE_GOOD;
  revised_.is_taken_over = is_ours;
  if (!is_ours) {
    subscription_ = 0;
    on_gap_();
    return "";
  }
  for (std::size_t i = 0; i < response->results[0].availableSequenceNumbersSize; ++i) {
    uint32_t sequence = response->results[0].availableSequenceNumbers[i];
    NotificationBook::Step step = book_.note(sequence, false);
    if (step.verdict == NotificationBook::Verdict::Repeated) continue;
    if (!step.missing.empty() || step.verdict == NotificationBook::Verdict::Lost) lose();
    ask_again(sequence);
  }
  return "";
}

std::string Link::subscribe() {
  revised_ = {};
  polled_.clear();
  due_.clear();
  book_.reset();
  UA_CreateSubscriptionRequest request;
  UA_CreateSubscriptionRequest_init(&request);
  request.requestedPublishingInterval =
      static_cast<double>(config_.publish_every.to_milliseconds());
  request.requestedLifetimeCount = kLifetime;
  request.requestedMaxKeepAliveCount = kKeepAlive;
  request.publishingEnabled = true;
  auto response = call<UA_CreateSubscriptionRequest, UA_CreateSubscriptionResponse>(
      request, UA_TYPES[UA_TYPES_CREATESUBSCRIPTIONREQUEST],
      UA_TYPES[UA_TYPES_CREATESUBSCRIPTIONRESPONSE]);
  if (response->responseHeader.serviceResult == UA_STATUSCODE_GOOD) {
    subscription_ = response->subscriptionId;
    revised_.publish_ms = response->revisedPublishingInterval;
    revised_.keep_alive = response->revisedMaxKeepAliveCount;
    revised_.lifetime = response->revisedLifetimeCount;
  }
  for (std::size_t first = 0; first < items_.size(); first += kBatch) {
    std::string trouble = create_items(first, std::min(kBatch, items_.size() - first));
    if (!trouble.empty()) return trouble;
  }
  // Where nothing can be subscribed to there is no silence to wait for.
  if (revised_.subscribed == 0) subscription_ = 0;
  revised_.polled = polled_.size();
  due_.assign(polled_.size(), 0);
  return "";
}

std::string Link::create_items(std::size_t first, std::size_t count) {
  auto poll_all = [&] {
    for (std::size_t i = 0; i < count; ++i) polled_.push_back(first + i);
    return std::string();
  };
  if (subscription_ == 0) return poll_all();
  std::vector<UA_MonitoredItemCreateRequest> wishes(count);
  std::vector<OpcuaOwned<UA_NodeId>> nodes;
  for (std::size_t i = 0; i < count; ++i) {
    const Item& item = items_[first + i];
    nodes.push_back(opcua_node(item.node));
    UA_MonitoredItemCreateRequest& wish = wishes[i];
    UA_MonitoredItemCreateRequest_init(&wish);
    wish.itemToMonitor.nodeId = *nodes.back().get();
    wish.itemToMonitor.attributeId = UA_ATTRIBUTEID_VALUE;
    wish.monitoringMode = UA_MONITORINGMODE_REPORTING;
    wish.requestedParameters.clientHandle = static_cast<uint32_t>(first + i);
    wish.requestedParameters.samplingInterval = static_cast<double>(item.every.ns) / 1e6;
    wish.requestedParameters.discardOldest = true;
    // Twice what one interval brings, so that a late publish loses nothing.
    int64_t each = config_.publish_every.ns / std::max<int64_t>(1, item.every.ns) + 1;
    wish.requestedParameters.queueSize =
        static_cast<uint32_t>(std::clamp<int64_t>(each * 2, 2, kQueueMost));
  }
  UA_CreateMonitoredItemsRequest request;
  UA_CreateMonitoredItemsRequest_init(&request);
  request.subscriptionId = subscription_;
  request.timestampsToReturn = UA_TIMESTAMPSTORETURN_BOTH;
  request.itemsToCreate = wishes.data();
  request.itemsToCreateSize = count;
  auto response = call<UA_CreateMonitoredItemsRequest, UA_CreateMonitoredItemsResponse>(
      request, UA_TYPES[UA_TYPES_CREATEMONITOREDITEMSREQUEST],
      UA_TYPES[UA_TYPES_CREATEMONITOREDITEMSRESPONSE]);
  if (response->responseHeader.serviceResult != UA_STATUSCODE_GOOD) {
    return "subscribe: " + opcua_words(response->responseHeader.serviceResult);
  }
  if (response->resultsSize != count) return "subscribe: the server answered for others";
  for (std::size_t i = 0; i < count; ++i) {
    const UA_MonitoredItemCreateResult& made = response->results[i];
    if (made.statusCode == UA_STATUSCODE_BADNODEIDUNKNOWN ||
        made.statusCode == UA_STATUSCODE_BADNODEIDINVALID) {
      ++revised_.refused;
      Value value{.item = first + i, .status = made.statusCode};
      on_values_({&value, 1});
      continue;
    }
    if (made.statusCode != UA_STATUSCODE_GOOD) {
      polled_.push_back(first + i);
      continue;
    }
    bool is_first = revised_.subscribed++ == 0;
    revised_.sampling_ms_max = std::max(revised_.sampling_ms_max, made.revisedSamplingInterval);
    uint32_t queue = made.revisedQueueSize;
    revised_.queue_min = is_first ? queue : std::min(revised_.queue_min, queue);
  }
  return "";
}

void Link::send_publish() {
  UA_PublishRequest request;
  UA_PublishRequest_init(&request);
  request.subscriptionAcknowledgements = acknowledge_.data();
  request.subscriptionAcknowledgementsSize = acknowledge_.size();
  // It is answered at the latest after so many silent intervals.
  double most_ms = revised_.publish_ms * (revised_.keep_alive + 1) * 4;
  request.requestHeader.timeoutHint = static_cast<UA_UInt32>(std::clamp(most_ms, 10'000.0, 6e5));
  UA_StatusCode status = __UA_Client_AsyncService(
      client_.get(), &request, &UA_TYPES[UA_TYPES_PUBLISHREQUEST], &Link::on_publish,
      &UA_TYPES[UA_TYPES_PUBLISHRESPONSE], this, nullptr);
  acknowledge_.clear();
  if (status != UA_STATUSCODE_GOOD) trouble_ = "publish: " + opcua_words(status);
}

void Link::take_publish(const UA_PublishResponse& response) {
  --publishing_;
  UA_StatusCode status = response.responseHeader.serviceResult;
  if (status == UA_STATUSCODE_BADTOOMANYPUBLISHREQUESTS) {
    publish_most_ = std::max(1, publishing_);
    return;
  }
  if (status == UA_STATUSCODE_BADNOSUBSCRIPTION) subscription_ = 0;
  if (status != UA_STATUSCODE_GOOD) {
    if (trouble_.empty()) trouble_ = "lost: " + opcua_words(status);
    return;
  }
  if (response.subscriptionId != subscription_) return;
  heard_at_ = steady_ns();
  server_time_ = opcua_instant(response.responseHeader.timestamp);
  const UA_NotificationMessage& message = response.notificationMessage;
  bool is_keep_alive = message.notificationDataSize == 0;
  NotificationBook::Step step = book_.note(message.sequenceNumber, is_keep_alive);
  for (uint32_t missing : step.missing) ask_again(missing);
  if (step.verdict == NotificationBook::Verdict::Lost) lose();
  if (is_keep_alive) return;
  acknowledge_.push_back({subscription_, message.sequenceNumber});
  if (step.verdict != NotificationBook::Verdict::Repeated) take_message(message);
}

void Link::take_message(const UA_NotificationMessage& message) {
  std::vector<Value> values;
  for (std::size_t i = 0; i < message.notificationDataSize; ++i) {
    const UA_ExtensionObject& part = message.notificationData[i];
    if (part.encoding != UA_EXTENSIONOBJECT_DECODED) continue;
    if (part.content.decoded.type == &UA_TYPES[UA_TYPES_DATACHANGENOTIFICATION]) {
      const auto* change = static_cast<const UA_DataChangeNotification*>(part.content.decoded.data);
      for (std::size_t j = 0; j < change->monitoredItemsSize; ++j) {
        const UA_MonitoredItemNotification& one = change->monitoredItems[j];
        if (one.clientHandle >= items_.size()) continue;
        values.push_back(opcua_value(one.clientHandle, one.value));
      }
    } else if (part.content.decoded.type == &UA_TYPES[UA_TYPES_STATUSCHANGENOTIFICATION]) {
      subscription_ = 0;  // it ended; with Good it went to another session
      trouble_ = "lost: the server ended the subscription";
    }
  }
  if (!values.empty()) on_values_(values);
}

// Part 4, 5.14.6.
void Link::ask_again(uint32_t sequence) {
  UA_RepublishRequest request;
  UA_RepublishRequest_init(&request);
  request.subscriptionId = subscription_;
  request.retransmitSequenceNumber = sequence;
  auto response = call<UA_RepublishRequest, UA_RepublishResponse>(
      request, UA_TYPES[UA_TYPES_REPUBLISHREQUEST], UA_TYPES[UA_TYPES_REPUBLISHRESPONSE]);
  if (response->responseHeader.serviceResult != UA_STATUSCODE_GOOD) return lose();
  acknowledge_.push_back({subscription_, sequence});
  take_message(response->notificationMessage);
}

void Link::lose() {
  if (must_read_all_) return;
  must_read_all_ = true;
  on_gap_();
}

void Link::read_all() {
  must_read_all_ = false;
  std::vector<std::size_t> all(items_.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  read_items(all);
}

void Link::poll_due() {
  int64_t now = steady_ns();
  std::vector<std::size_t> due;
  for (std::size_t i = 0; i < polled_.size(); ++i) {
    if (due_[i] > now) continue;
    due_[i] = now + items_[polled_[i]].every.ns;
    due.push_back(polled_[i]);
  }
  if (!due.empty()) read_items(due);
}

void Link::read_items(std::span<const std::size_t> items) {
  while (!items.empty() && trouble_.empty()) {
    std::span<const std::size_t> some = items.first(std::min(kBatch, items.size()));
    items = items.subspan(some.size());
    std::vector<UA_ReadValueId> wishes(some.size());
    std::vector<OpcuaOwned<UA_NodeId>> nodes;
    for (std::size_t i = 0; i < some.size(); ++i) {
      nodes.push_back(opcua_node(items_[some[i]].node));
      UA_ReadValueId_init(&wishes[i]);
      wishes[i].nodeId = *nodes.back().get();
      wishes[i].attributeId = UA_ATTRIBUTEID_VALUE;
    }
    UA_ReadRequest request;
    UA_ReadRequest_init(&request);
    request.timestampsToReturn = UA_TIMESTAMPSTORETURN_BOTH;
    request.nodesToRead = wishes.data();
    request.nodesToReadSize = wishes.size();
    auto response = call<UA_ReadRequest, UA_ReadResponse>(request, UA_TYPES[UA_TYPES_READREQUEST],
                                                          UA_TYPES[UA_TYPES_READRESPONSE]);
    UA_StatusCode status = response->responseHeader.serviceResult;
    if (status != UA_STATUSCODE_GOOD || response->resultsSize != some.size()) {
      trouble_ = "read: " + opcua_words(status);
      return;
    }
    heard_at_ = steady_ns();
    std::vector<Value> values;
    for (std::size_t i = 0; i < some.size(); ++i) {
      values.push_back(opcua_value(some[i], response->results[i]));
    }
    on_values_(values);
  }
}

std::vector<OpcuaLink::Node> Link::browse(const std::string& node) {
  std::vector<Node> found;
  if (!client_) return found;
  OpcuaOwned<UA_NodeId> from = opcua_node(node);
  UA_BrowseDescription what;
  UA_BrowseDescription_init(&what);
  what.nodeId = *from.get();
  what.browseDirection = UA_BROWSEDIRECTION_FORWARD;
  what.referenceTypeId = UA_NODEID_NUMERIC(0, UA_NS0ID_HIERARCHICALREFERENCES);
  what.includeSubtypes = true;
  what.nodeClassMask = UA_NODECLASS_OBJECT | UA_NODECLASS_VARIABLE;
  what.resultMask = UA_BROWSERESULTMASK_ALL;
  UA_BrowseRequest request;
  UA_BrowseRequest_init(&request);
  request.nodesToBrowse = &what;
  request.nodesToBrowseSize = 1;
  request.requestedMaxReferencesPerNode = kBatch;
  auto take = [&](const UA_BrowseResult& result) {
    for (std::size_t i = 0; i < result.referencesSize && found.size() < kNodesMax; ++i) {
      const UA_ReferenceDescription& one = result.references[i];
      found.push_back({.node = opcua_text(one.nodeId.nodeId),
                       .name = opcua_text(one.displayName.text),
                       .is_value = one.nodeClass == UA_NODECLASS_VARIABLE});
    }
  };
  auto first = call<UA_BrowseRequest, UA_BrowseResponse>(request, UA_TYPES[UA_TYPES_BROWSEREQUEST],
                                                         UA_TYPES[UA_TYPES_BROWSERESPONSE]);
  if (first->resultsSize != 1) return found;
  take(first->results[0]);
  UA_ByteString more = first->results[0].continuationPoint;
  OpcuaOwned<UA_BrowseNextResponse> next(UA_TYPES[UA_TYPES_BROWSENEXTRESPONSE]);
  while (more.length > 0) {
    UA_BrowseNextRequest go_on;
    UA_BrowseNextRequest_init(&go_on);
    go_on.releaseContinuationPoints = found.size() >= kNodesMax;
    go_on.continuationPoints = &more;
    go_on.continuationPointsSize = 1;
    next = call<UA_BrowseNextRequest, UA_BrowseNextResponse>(
        go_on, UA_TYPES[UA_TYPES_BROWSENEXTREQUEST], UA_TYPES[UA_TYPES_BROWSENEXTRESPONSE]);
    if (next->resultsSize != 1 || go_on.releaseContinuationPoints) break;
    take(next->results[0]);
    more = next->results[0].continuationPoint;
  }
  return found;
}

}  // namespace

bool is_opcua_node(std::string_view text) { return !UA_NodeId_isNull(opcua_node(text).get()); }

std::unique_ptr<OpcuaLink> OpcuaLink::make(Config config, std::vector<Item> items,
                                           OnValues on_values, OnGap on_gap) {
  return std::make_unique<Link>(std::move(config), std::move(items), std::move(on_values),
                                std::move(on_gap));
}

}  // namespace anlan::connect
