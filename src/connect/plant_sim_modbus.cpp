#include "connect/plant_sim_modbus.h"

#include <arpa/inet.h>
#include <modbus/modbus.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <thread>

#include "connect/modbus_plan.h"
#include "connect/register_value.h"

namespace anlan::connect {
namespace {

constexpr std::size_t kClientsMax = 64;
constexpr int kHeader = 7;  // MBAP header: transaction, protocol, length, unit
constexpr int kReadRequest = kHeader + 5;

struct FreeModbus {
  void operator()(modbus_t* context) const { modbus_free(context); }
};
struct FreeMapping {
  void operator()(modbus_mapping_t* mapping) const { modbus_mapping_free(mapping); }
};
using Mapping = std::unique_ptr<modbus_mapping_t, FreeMapping>;

std::optional<Table> table_of(uint8_t function) {
  switch (function) {
    case MODBUS_FC_READ_COILS: return Table::Coil;
    case MODBUS_FC_READ_DISCRETE_INPUTS: return Table::Discrete;
    case MODBUS_FC_READ_HOLDING_REGISTERS: return Table::Holding;
    case MODBUS_FC_READ_INPUT_REGISTERS: return Table::Input;
    default: return std::nullopt;
  }
}

unsigned number_at(std::span<const uint8_t> request, std::size_t at) {
  return static_cast<unsigned>(request[at] << 8 | request[at + 1]);
}

// A mapping that holds just what was asked for.
Mapping mapping_of(Table table, unsigned address, std::span<const uint16_t> words) {
  auto size = static_cast<unsigned>(words.size());
  auto of = [&](Table other) { return other == table ? size : 0; };
  Mapping mapping(modbus_mapping_new_start_address(address, of(Table::Coil), address,
                                                   of(Table::Discrete), address, of(Table::Holding),
                                                   address, of(Table::Input)));
  if (!mapping) return mapping;
  if (table == Table::Coil) std::ranges::copy(words, mapping->tab_bits);
  if (table == Table::Discrete) std::ranges::copy(words, mapping->tab_input_bits);
  if (table == Table::Holding) std::ranges::copy(words, mapping->tab_registers);
  if (table == Table::Input) std::ranges::copy(words, mapping->tab_input_registers);
  return mapping;
}

class Server final : public SimModbusServer {
 public:
  Server(Config config, Read read)
      : config_(std::move(config)),
        read_(std::move(read)),
        context_(modbus_new_tcp(config_.host.c_str(), config_.port)) {}
  ~Server() override {
    if (thread_.joinable()) {
      eventfd_write(wake_, 1);
      thread_.join();
    }
    for (int client : clients_) close(client);
    if (listen_ >= 0) close(listen_);
    if (wake_ >= 0) close(wake_);
  }

  Result<void> listen() {
    wake_ = eventfd(0, EFD_CLOEXEC);
    if (context_) listen_ = modbus_tcp_listen(context_.get(), kClientsMax);
    if (listen_ < 0 || wake_ < 0) {
      return refuse(ErrorCode::Internal, std::string("Modbus: ") + modbus_strerror(errno));
    }
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(listen_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
    return {};
  }
  uint16_t port() const override { return port_; }

 private:
  void run() {
    while (true) {
      std::vector<pollfd> waiting{{.fd = wake_, .events = POLLIN},
                                  {.fd = listen_, .events = POLLIN}};
      for (int client : clients_) waiting.push_back({.fd = client, .events = POLLIN});
      if (poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return;
      if (waiting[0].revents != 0) return;
      for (const pollfd& one : std::span(waiting).subspan(2)) {
        if (one.revents != 0 && !answer(one.fd)) drop(one.fd);
      }
      if (waiting[1].revents != 0) accept_one();
    }
  }

  void accept_one() {
    int client = accept4(listen_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    if (clients_.size() >= kClientsMax) {
      close(client);
      return;
    }
    clients_.push_back(client);
  }

  void drop(int client) {
    close(client);
    std::erase(clients_, client);
  }

  // False: this client is gone.
  bool answer(int client) {
    std::array<uint8_t, MODBUS_TCP_MAX_ADU_LENGTH> request{};
    modbus_set_socket(context_.get(), client);
    int length = modbus_receive(context_.get(), request.data());
    if (length < 0) return false;
    if (length == 0) return true;
    return reply(request, length) >= 0;
  }

  int reply(std::span<const uint8_t> request, int length) {
    auto refuse_with = [&](unsigned code) {
      return modbus_reply_exception(context_.get(), request.data(), code);
    };
    uint8_t unit = request[kHeader - 1];
    if (!std::ranges::contains(config_.units, unit)) {
      return refuse_with(MODBUS_EXCEPTION_GATEWAY_TARGET);
    }
    std::optional<Table> table = table_of(request[kHeader]);
    if (!table) return refuse_with(MODBUS_EXCEPTION_ILLEGAL_FUNCTION);
    if (length < kReadRequest) return refuse_with(MODBUS_EXCEPTION_ILLEGAL_DATA_VALUE);
    unsigned address = number_at(request, kHeader + 1), count = number_at(request, kHeader + 3);
    unsigned most = is_bit_table(*table) ? kModbusBitsMax : kModbusRegistersMax;
    if (count < 1 || count > most) return refuse_with(MODBUS_EXCEPTION_ILLEGAL_DATA_VALUE);
    std::vector<uint16_t> words(count);
    if (!read_(unit, *table, address, words)) {
      return refuse_with(MODBUS_EXCEPTION_ILLEGAL_DATA_ADDRESS);
    }
    Mapping mapping = mapping_of(*table, address, words);
    if (!mapping) return refuse_with(MODBUS_EXCEPTION_SLAVE_OR_SERVER_FAILURE);
    return modbus_reply(context_.get(), request.data(), length, mapping.get());
  }

  Config config_;
  Read read_;
  std::unique_ptr<modbus_t, FreeModbus> context_;
  int listen_ = -1, wake_ = -1;
  uint16_t port_ = 0;
  std::vector<int> clients_;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<SimModbusServer>> SimModbusServer::start(const Config& config, Read read) {
  auto server = std::make_unique<Server>(config, std::move(read));
  TRY(server->listen());
  return server;
}

}  // namespace anlan::connect
