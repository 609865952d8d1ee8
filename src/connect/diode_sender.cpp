#include "connect/diode_sender.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <deque>
#include <filesystem>
#include <format>
#include <map>
#include <mutex>

#include "connect/diode_wire.h"
#include "connect/driver.h"
#include "core/text.h"

namespace anlan::connect {
namespace {

constexpr std::size_t kTagsMax = 200'000;
constexpr std::size_t kCopiesWaitingMax = 8'192;
constexpr std::size_t kFileBytes = 1 << 20;
constexpr Duration kCopyLater = Duration::milliseconds(150), kLifeEvery = Duration::seconds(1);
constexpr Duration kTurn = Duration::milliseconds(50);

// Written whole and durable under another name first: the receiver sees whole files only.
bool write_file(const std::filesystem::path& path, const std::string& bytes) {
  std::filesystem::path part = path;
  part.replace_extension(".part");
  int file = ::open(part.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0640);
  if (file < 0) return false;
  ssize_t wrote = ::write(file, bytes.data(), bytes.size());
  bool is_whole = wrote == static_cast<ssize_t>(bytes.size()) && ::fsync(file) == 0;
  ::close(file);
  std::error_code trouble;
  if (is_whole) std::filesystem::rename(part, path, trouble);
  return is_whole && !trouble;
}

class Sender final : public DiodeSender {
 public:
  Sender(DiodeTarget target, std::vector<std::string> codes, Clock& clock)
      : target_(std::move(target)),
        codes_(std::move(codes)),
        clock_(clock),
        session_(static_cast<uint64_t>(clock.now().to_milliseconds())),
        told_at_(clock.now()) {
    for (std::size_t i = 0; i < codes_.size(); ++i) {
      places_[codes_[i]] = static_cast<history::TagIndex>(i);
    }
  }
  ~Sender() override {
    if (socket_ >= 0) ::close(socket_);
  }

  Result<void> open() {
    bool is_sane = target_.key.size() == kDiodeKeyBytes;
    if (!is_sane) return refuse(ErrorCode::BadField, "64 hex digits", "key");
    if (target_.copies < 1 || target_.copies > 5) {
      return refuse(ErrorCode::BadField, "1 to 5", "copies");
    }
    if (target_.host.empty()) return open_folder();
    address_.sin_family = AF_INET;
    address_.sin_port = htons(target_.port);
    if (inet_pton(AF_INET, target_.host.c_str(), &address_.sin_addr) != 1) {
      return refuse(ErrorCode::BadField, target_.host, "udp");
    }
    socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return socket_ >= 0 ? Result<void>{} : refuse(ErrorCode::Internal, "no socket");
  }

  Result<void> samples(std::string_view, std::span<const history::Sample> some) override {
    return send(some, false);
  }
  Result<void> historical(std::string_view, std::span<const history::Sample> some) override {
    return send(some, true);
  }
  Result<void> sightings(std::string_view, std::span<const twin::Sighting>) override {
    return refuse(ErrorCode::BadField, "a one-way link carries values only");
  }
  Result<void> passes(std::string_view, std::span<const twin::GatePass>) override {
    return refuse(ErrorCode::BadField, "a one-way link carries values only");
  }
  // Whose a tag is the receiver knows.
  Found find_tag(std::string_view, std::string_view code, history::TagIndex& tag) override {
    std::lock_guard lock(mutex_);
    auto found = places_.find(code);
    if (found == places_.end()) {
      bool is_fit = !code.empty() && code.size() <= kDiodeCodeMax && codes_.size() < kTagsMax;
      if (!is_fit) return Found::No;
      codes_.emplace_back(code);
      auto place = static_cast<history::TagIndex>(codes_.size() - 1);
      found = places_.emplace(std::string(code), place).first;
    }
    tag = found->second;
    return Found::Yes;
  }

  void turn() override {
    std::lock_guard lock(mutex_);
    Instant now = clock_.now();
    while (!copies_.empty() && copies_.front().due <= now) {
      Copy copy = std::move(copies_.front());
      copies_.pop_front();
      write_datagram(copy.bytes);
      if (--copy.left > 0) copies_.push_back({std::move(copy.bytes), now + kCopyLater, copy.left});
    }
    if (now - told_at_ >= kLifeEvery) send_frame({});
  }
  int64_t sent() const override {
    std::lock_guard lock(mutex_);
    return sent_;
  }
  int64_t failed() const override {
    std::lock_guard lock(mutex_);
    return failed_;
  }

 private:
  struct Copy {
    std::string bytes;
    Instant due{};
    int left = 0;
  };

  Result<void> open_folder() {
    std::error_code trouble;
    std::filesystem::create_directories(target_.folder, trouble);
    if (!target_.folder.empty() && !trouble) return {};
    return refuse(ErrorCode::BadField, target_.folder, "folder");
  }

  Result<void> send(std::span<const history::Sample> some, bool is_historical) {
    std::lock_guard lock(mutex_);
    std::size_t most = target_.host.empty() ? kFileBytes : kDiodeDatagramMax;
    std::vector<DiodeRow> rows;
    std::size_t bytes = kDiodeFrameBytes;
    bool is_whole = true;
    for (const history::Sample& sample : some) {
      if (sample.tag >= codes_.size()) continue;
      DiodeRow row{.tag = codes_[sample.tag],
                   .at = sample.at,
                   .value = sample.value,
                   .quality = sample.quality,
                   .is_historical = is_historical};
      if (bytes + row.bytes() > most || rows.size() == kDiodeRowsMax) {
        is_whole = send_frame(std::exchange(rows, {})) && is_whole;
        bytes = kDiodeFrameBytes;
      }
      bytes += row.bytes();
      rows.push_back(std::move(row));
    }
    if (!rows.empty()) is_whole = send_frame(std::move(rows)) && is_whole;
    return is_whole ? Result<void>{} : refuse(ErrorCode::Internal, "not sent");
  }

  bool send_frame(std::vector<DiodeRow> rows) {
    told_at_ = clock_.now();
    DiodeFrame frame{
        .session = session_, .number = ++number_, .sent = told_at_, .rows = std::move(rows)};
    std::string bytes = write_diode(frame, target_.key);
    ++sent_;
    if (target_.host.empty()) {
      std::string name = std::format("{:016}-{:016}.ald", session_, number_);
      bool is_written = write_file(std::filesystem::path(target_.folder) / name, bytes);
      failed_ += !is_written;
      return is_written;
    }
    bool is_taken = write_datagram(bytes);
    if (target_.copies > 1 && copies_.size() < kCopiesWaitingMax) {
      copies_.push_back({std::move(bytes), told_at_ + kCopyLater, target_.copies - 1});
    }
    return is_taken || target_.copies > 1;
  }

  bool write_datagram(const std::string& bytes) {
    ssize_t wrote = ::sendto(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                             reinterpret_cast<const sockaddr*>(&address_), sizeof address_);
    // Where nobody listens on this machine the system says so: a one-way link does not hear it.
    bool is_taken = wrote == static_cast<ssize_t>(bytes.size()) || errno == ECONNREFUSED;
    failed_ += !is_taken;
    return is_taken;
  }

  DiodeTarget target_;
  mutable std::mutex mutex_;  // over all below
  std::vector<std::string> codes_;
  std::map<std::string, history::TagIndex, std::less<>> places_;
  Clock& clock_;
  uint64_t session_, number_ = 0;
  Instant told_at_;
  std::deque<Copy> copies_;
  sockaddr_in address_{};
  int socket_ = -1;
  int64_t sent_ = 0, failed_ = 0;
};

Result<DiodeTarget> target_of(const Json& config) {
  DiodeTarget target{.folder = config.text_or("folder", ""),
                     .key = from_hex(config.text_or("key", "")),
                     .copies = static_cast<int>(config.int_or("copies", 2))};
  std::string udp = config.text_or("udp", "");
  if (udp.empty()) return target;
  std::size_t colon = udp.rfind(':');
  std::string_view port = std::string_view(udp).substr(colon == std::string::npos ? 0 : colon + 1);
  auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), target.port);
  bool is_port = error == std::errc() && end == port.data() + port.size() && target.port > 0;
  if (colon == std::string::npos || !is_port) return refuse(ErrorCode::BadField, udp, "udp");
  target.host = udp.substr(0, colon);
  return target;
}

}  // namespace

Result<std::unique_ptr<DiodeSender>> DiodeSender::make(DiodeTarget target,
                                                       std::vector<std::string> codes,
                                                       Clock& clock) {
  auto sender = std::make_unique<Sender>(std::move(target), std::move(codes), clock);
  TRY(sender->open());
  return sender;
}

Result<void> run_diode_sender(const Json& config, Clock& clock,
                              const std::function<bool()>& is_stopping,
                              const std::function<void()>& on_ready) {
  DiodeTarget target = TRY(target_of(config));
  Json rows = config["sources"];
  std::vector<std::string> codes;
  if (rows.is_array()) {
    for (Json& row : rows.as_array()) {
      Json tags = row["tags"];
      if (!tags.is_array()) continue;
      for (Json& tag : tags.as_array()) {
        tag.set("index", static_cast<int64_t>(codes.size()));
        codes.push_back(tag.text_or("code", ""));
      }
      row.set("tags", std::move(tags));
    }
  }
  std::vector<Source> list = TRY(parse_sources(rows));
  auto sender = TRY(DiodeSender::make(std::move(target), std::move(codes), clock));
  auto sources = TRY(Sources::make(std::move(list), *sender, clock));
  sources->start();
  if (on_ready) on_ready();
  StopSign never;
  while (!is_stopping()) {
    sender->turn();
    never.wait_for(kTurn);
  }
  sources->stop();
  return {};
}

}  // namespace anlan::connect
