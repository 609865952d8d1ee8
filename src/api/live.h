#pragma once
// The live stream of docs/formats/http.md, without sockets: events as they are committed, filtered
// by what the caller may see, gap-free by number, resumable, and slowed by the client's credit. A
// listener that does not keep up costs no memory: its place in the stream stands still, and when it
// goes on it gets only the newest state of each record.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "access/access.h"
#include "engine/engine.h"

namespace anlan::api {

// One connection's way out. Called by the live thread only.
class LiveSocket {
 public:
  virtual ~LiveSocket() = default;
  virtual void send(std::string text) = 0;
  virtual void send_values(std::string bytes) = 0;  // a binary message
  virtual void ping() = 0;  // its answer comes after everything that was sent before
  virtual void close(int code, std::string_view reason) = 0;
};

class Live {
 public:
  static constexpr std::size_t kSocketsMax = 3'000;

  explicit Live(engine::Engine& engine) : engine_(engine) {}
  ~Live();
  Live(const Live&) = delete;
  Live& operator=(const Live&) = delete;

  void start();  // its own thread; tests call turn() instead
  void stop();   // closes every socket with 1001

  // Any thread; these only note what happened.
  using SocketId = uint64_t;
  struct Opening {
    access::Subject by;
    std::string token;
    std::unique_ptr<LiveSocket> socket;
  };
  std::optional<SocketId> open(Opening opening);  // nothing: too many
  bool has_room();
  void message(SocketId id, std::string text);
  void alive(SocketId id);  // a pong
  void closed(SocketId id);
  void news();  // engine committed events

  // Works through what was noted and tells the listeners what is new.
  void turn();
  std::size_t size();
  std::size_t bytes() const { return bytes_.load(); }  // told and not yet acknowledged

 private:
  struct Note {
    enum class Kind { Open, Message, Alive, Closed };
    Kind kind;
    SocketId id;
    std::string text{};
    std::optional<Opening> opening{};
  };
  struct Sent {
    int64_t seq;
    std::size_t bytes;
  };
  struct Listener {
    access::Subject by;
    std::string token;
    std::unique_ptr<LiveSocket> socket;
    bool has_greeted = false;
    std::vector<std::string> topics{};
    int64_t place = 0;  // every number up to here was sent or skipped
    std::size_t credit = 0;
    std::deque<Sent> unacknowledged{};
    std::size_t unacknowledged_bytes = 0;
    std::optional<Instant> blocked_since{};
    Instant opened{};
    Instant heard{};
    Instant checked{};
    std::vector<history::TagIndex> watched{};  // tags whose values the page shows
    uint64_t values_place = 0;
    uint32_t values_count = 0;    // of frames
    std::size_t values_open = 0;  // bytes of frames since the last answered ping
    bool is_pinged = false;
    int close_code = 0;  // above zero: to be closed at the end of the turn
    std::string close_reason{};

    bool is_blocked() const { return unacknowledged_bytes >= credit; }
  };
  using Listeners = std::unordered_map<SocketId, Listener>;
  using Events = std::vector<store::StoredEvent>;

  void serve();
  void take(Note note);
  void hear(Listener& listener, const std::string& text);
  void greet(Listener& listener, const Json& hello);
  void acknowledge(Listener& listener, int64_t seq);
  void tell_all();
  // One batch; false when nothing more can be told now.
  Result<bool> tell(Listener& listener, int64_t last);
  Result<bool> wants(const Listener& listener, const store::StoredEvent& event);
  void send(Listener& listener, const Json& message, int64_t seq);
  void look_after(Listener& listener, Instant now);
  void watch(Listener& listener, const Json& message);
  // Newest values of watched tags, five times a second at most; between two of them the older one
  // is dropped, so a slow page never makes a queue.
  void tell_values(Instant now);
  void tell_sent();
  void tell_trouble();
  Json trouble_message() const;
  Instant steady();
  void sweep();
  Result<const Events*> batch_after(int64_t place);

  engine::Engine& engine_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Note> notes_;
  std::unordered_map<SocketId, std::size_t> waiting_;  // notes per socket: bounded
  std::unordered_map<SocketId, std::size_t> acks_;     // in notes_: its unread acknowledgement
  bool has_news_ = false;
  bool stopping_ = false;
  SocketId next_id_ = 1;
  std::size_t open_count_ = 0;

  // The live thread's own.
  Listeners listeners_;
  int64_t batch_place_ = -1;  // most listeners stand at the same place: read it once
  Events batch_;
  std::map<std::pair<Uuid, int64_t>, bool> visible_;  // by person and event, within one turn
  std::vector<std::string> sent_notices_;             // handed to a socket, to be noted
  Instant next_values_{};
  engine::Trouble told_trouble_ = engine::Trouble::None;
  std::atomic<std::size_t> bytes_ = 0;
  bool has_watchers_ = false;
  std::thread thread_;
};

}  // namespace anlan::api
