// The Modbus TCP driver: one thread, one request in flight, as many devices take no more. Units
// behind one gateway are sources of their own and share what it takes (Gateways). Modbus
// has no time and no quality: the time is the middle of request and reply, the quality follows from
// exceptions and time-outs.

#include <modbus/modbus.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <format>
#include <optional>

#include "connect/driver.h"
#include "connect/knock.h"
#include "connect/low_place.h"
#include "connect/modbus_plan.h"
#include "connect/register_value.h"

namespace anlan::connect {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kFailuresUntilStale = 3;
constexpr int kSilentMax =
    3;  // requests without an answer, one after the other: the device is dead
constexpr Duration kSilentWait = Duration::seconds(5);

// The socket is ours, not the library's.
struct FreeModbus {
  void operator()(modbus_t* context) const {
    modbus_set_socket(context, -1);
    modbus_free(context);
  }
};
using Link = std::unique_ptr<modbus_t, FreeModbus>;

Duration to_duration(Steady::duration length) {
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(length).count()};
}
Steady::duration to_steady(Duration length) {
  return std::chrono::duration_cast<Steady::duration>(std::chrono::nanoseconds(length.ns));
}

bool is_exception(int error) { return error >= EMBXILFUN && error <= EMBXGTAR; }
// Some devices answer 03 (value) where the quantity reaches beyond what they have.
bool is_illegal_address(int error) { return error == EMBXILADD || error == EMBXILVAL; }

struct Reply {
  int error = 0;  // errno; 0: good
  std::vector<uint16_t> registers{};
  Instant measured{}, received{};
};

class ModbusDriver final : public BaseDriver {
 public:
  ModbusDriver(Source source, Sink& sink, Clock& clock, Gateways& gateways)
      : BaseDriver(std::move(source), "modbus", sink, clock),
        gateways_(gateways),
        gateway_(std::format("{}:{}", source_.host, source_.port)),
        plan_(source_.tags, source_.gap_max),
        failures_(source_.tags.size()),
        last_(source_.tags.size()) {
    for (const TagAddress& tag : source_.tags) {
      orders_.push_back(parse_order(tag.order).value_or(RegisterOrder{}));
    }
  }
  ~ModbusDriver() override { stop(); }

 private:
  std::string session() override {
    std::string trouble = connect();
    return trouble.empty() ? poll_until_broken() : "connect: " + trouble;
  }
  void closed() override { disconnect(); }
  void lost() override {
    std::vector<uint32_t> all(source_.tags.size());
    for (uint32_t i = 0; i < all.size(); ++i) all[i] = i;
    tags_failed(all);
  }

  void disconnect() {
    link_.reset();
    place_.clear();
  }

  // What went wrong, or nothing.
  std::string connect() {
    disconnect();
    link_.reset(modbus_new_tcp_pi(source_.host.c_str(), std::to_string(source_.port).c_str()));
    if (!link_) return modbus_strerror(errno);
    auto seconds = static_cast<uint32_t>(source_.time_out.to_seconds());
    auto micros = static_cast<uint32_t>(source_.time_out.ns % 1'000'000'000 / 1000);
    modbus_set_response_timeout(link_.get(), seconds, micros);
    modbus_set_byte_timeout(link_.get(), 0, 0);  // the whole reply within the time above
    if (modbus_set_slave(link_.get(), source_.unit_id) != 0) return modbus_strerror(errno);
    Opened opened = open_link(source_.host, source_.port, source_.time_out);
    if (opened.socket < 0) return opened.trouble;
    int at_once = 1;
    setsockopt(opened.socket, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    int socket = place_.put(opened.socket);
    if (socket < 0) return "no low descriptor is left";
    modbus_set_socket(link_.get(), socket);
    return "";
  }

  // The first request after a connect is the probe of a device that may be dead: only when it has
  // answered the waits grow short again.
  std::string poll_until_broken() {
    silent_ = 0;
    due_.clear();
    Steady::time_point now = Steady::now();
    for (const PollRequest& request : plan_.requests()) {
      due_.push_back(now + to_steady(request.phase));
    }
    while (!due_.empty()) {
      auto next = std::ranges::min_element(due_);
      if (stop_.wait_for(to_duration(*next - Steady::now()))) return "";
      auto request = static_cast<std::size_t>(next - due_.begin());
      set_due(request);
      std::string trouble = poll(request);
      if (!trouble.empty()) return trouble;
    }
    // Nothing to read: being connected is all that can be known.
    link_works();
    stop_.wait_for(Duration::seconds(3600));
    return "nothing to read";
  }

  // Polls that a slow sink or device made impossible are left out, not caught up with.
  void set_due(std::size_t request) {
    Steady::duration every = to_steady(plan_.requests()[request].every);
    Steady::time_point now = Steady::now();
    due_[request] += every;
    if (due_[request] < now) due_[request] += ((now - due_[request]) / every + 1) * every;
  }

  // What broke the link, or nothing.
  std::string poll(std::size_t place) {
    const PollRequest& request = plan_.requests()[place];
    Reply reply = read(request);
    if (reply.error == 0) {
      answered();
      deliver(request, reply);
      if (request.is_refused) {
        plan_.learn_legal(place);
        due_[place] = Steady::now() + to_steady(request.every);
        note_refused();
      }
      return "";
    }
    book_.failed();
    if (is_exception(reply.error)) {
      answered();
      take_exception(place, reply.error);
      return "";
    }
    if (reply.error == ETIMEDOUT && is_up() && ++silent_ < kSilentMax) return step_over(place);
    return std::format("read: {}", modbus_strerror(reply.error));
  }

  void answered() {
    silent_ = 0;
    link_works();
  }

  // One request was not answered, but the device lives. A new connection, so that a late reply is
  // never taken for that of the next request; and this one waits, so that it holds up nobody.
  std::string step_over(std::size_t place) {
    tags_failed(plan_.requests()[place].tags);
    due_[place] = Steady::now() + to_steady(std::max(kSilentWait, plan_.requests()[place].every));
    std::string trouble = connect();
    return trouble.empty() ? "" : "connect: " + trouble;
  }

  Reply read(const PollRequest& request) {
    Reply reply;
    auto must_stop = [this] { return stop_.is_raised(); };
    if (!gateways_.enter(gateway_, source_.in_flight_max, must_stop)) {
      return {.error = ECANCELED};
    }
    Steady::time_point sent = Steady::now();
    int got = read_table(request, reply.registers);
    int error = errno;
    gateways_.leave(gateway_);
    if (got != request.count) reply.error = got < 0 ? error : EMBBADDATA;
    Duration round_trip = to_duration(Steady::now() - sent);
    reply.received = clock_.now();
    reply.measured = {reply.received.ns - round_trip.ns / 2};
    if (reply.error == 0) {
      book_.answered(reply.received, static_cast<double>(round_trip.ns) / 1e6);
    }
    return reply;
  }

  int read_table(const PollRequest& request, std::vector<uint16_t>& registers) {
    registers.resize(request.count);
    if (request.table == Table::Input) {
      return modbus_read_input_registers(link_.get(), request.address, request.count,
                                         registers.data());
    }
    if (request.table == Table::Holding) {
      return modbus_read_registers(link_.get(), request.address, request.count, registers.data());
    }
    std::vector<uint8_t> bits(request.count);
    auto* read = request.table == Table::Coil ? modbus_read_bits : modbus_read_input_bits;
    int got = read(link_.get(), request.address, request.count, bits.data());
    std::ranges::copy(bits, registers.begin());
    return got;
  }

  void take_exception(std::size_t place, int error) {
    if (!is_illegal_address(error)) return tags_failed(plan_.requests()[place].tags);
    std::size_t other = plan_.learn_illegal(place);
    if (other != place) {
      due_[place] = Steady::now();  // both halves at once
      due_.push_back(due_[place]);
      return;
    }
    due_[place] = Steady::now() + to_steady(plan_.requests()[place].every);
    note_refused();
    tags_failed(plan_.requests()[place].tags);
  }

  void note_refused() {
    std::string codes;
    for (const PollRequest& request : plan_.requests()) {
      if (!request.is_refused || codes.size() > 200) continue;
      codes += (codes.empty() ? "" : ", ") + source_.tags[request.tags.front()].code;
    }
    book_.note(codes.empty() ? "" : std::format("the device has no such address: {}", codes));
  }

  void deliver(const PollRequest& request, const Reply& reply) {
    std::vector<history::Sample> samples;
    std::vector<uint32_t> bad;
    for (uint32_t place : request.tags) {
      const TagAddress& tag = source_.tags[place];
      auto registers = std::span(reply.registers).subspan(tag.address - request.address);
      std::optional<double> raw = decode_registers(registers, tag.type, orders_[place]);
      double value = raw ? *raw * tag.scale + tag.offset : NAN;
      if (!std::isfinite(value)) {
        bad.push_back(place);
        continue;
      }
      failures_[place] = 0;
      last_[place] = value;
      samples.push_back({.tag = tag.tag,
                         .at = reply.measured,
                         .received = reply.received,
                         .value = last_[place],
                         .quality = history::Quality::Good});
    }
    give(samples);
    if (!bad.empty()) tags_failed(bad);
  }

  // Bad twice, then Stale once, then silence until it answers again.
  void tags_failed(std::span<const uint32_t> places) {
    std::vector<history::Sample> samples;
    Instant now = clock_.now();
    for (uint32_t place : places) {
      if (failures_[place] >= kFailuresUntilStale) continue;
      bool is_stale = ++failures_[place] == kFailuresUntilStale;
      samples.push_back({.tag = source_.tags[place].tag,
                         .at = now,
                         .received = now,
                         .value = last_[place],
                         .quality = is_stale ? history::Quality::Stale : history::Quality::Bad});
    }
    give(samples);
  }

  void give(std::span<const history::Sample> samples) {
    if (samples.empty()) return;
    Settled settled;
    book_stored(settled, samples.size(), sink_.samples(source_.code, samples));
    book_.settle(settled);
  }

  Gateways& gateways_;
  std::string gateway_;
  PollPlan plan_;
  std::vector<RegisterOrder> orders_;
  std::vector<int> failures_;  // of each tag, one after the other
  std::vector<double> last_;
  std::vector<Steady::time_point> due_;  // of each request
  LowPlace place_;
  Link link_;
  int silent_ = 0;
};

}  // namespace

std::unique_ptr<Driver> make_modbus_driver(Source source, Sink& sink, Clock& clock,
                                           Gateways& gateways) {
  return std::make_unique<ModbusDriver>(std::move(source), sink, clock, gateways);
}

}  // namespace anlan::connect
