#pragma once
// A small HTTP server on a free port of this machine, for tests of what goes out: each request goes
// to the test's own function on a thread of its connection.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace anlan::test {

struct HttpRequest {
  std::string method;
  std::string path;
  std::map<std::string, std::string> headers{};  // names in lower case
  std::string body{};
};

struct HttpAnswer {
  int status = 200;
  std::string body{};
  std::vector<std::string> headers{};
  bool hangs_up = false;  // closes without an answer
};

class HttpServer {
 public:
  using Handler = std::function<HttpAnswer(const HttpRequest&)>;

  // Port 0: any free one.
  explicit HttpServer(Handler handler, uint16_t port = 0) : handler_(std::move(handler)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    ::listen(listener_, 256);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~HttpServer() {
    ::shutdown(listener_, SHUT_RDWR);
    if (acceptor_.joinable()) acceptor_.join();
    ::close(listener_);
    std::lock_guard lock(mutex_);
    for (int open : open_) ::shutdown(open, SHUT_RDWR);
    for (std::thread& thread : threads_) thread.join();
    for (int open : open_) ::close(open);
  }
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  uint16_t port() const { return port_; }
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }

 private:
  void accept_all() {
    while (true) {
      int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      std::lock_guard lock(mutex_);
      open_.push_back(client);
      threads_.emplace_back([this, client] { serve(client); });
    }
  }

  void serve(int client) {
    std::string bytes;
    while (auto request = read_request(client, bytes)) {
      HttpAnswer answer = handler_(*request);
      if (answer.hangs_up) break;
      std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " X\r\n";
      for (const std::string& header : answer.headers) text += header + "\r\n";
      text += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n" + answer.body;
      if (::send(client, text.data(), text.size(), MSG_NOSIGNAL) < 0) break;
    }
    ::shutdown(client, SHUT_RDWR);
  }

  static bool read_more(int client, std::string& bytes) {
    char part[8192];
    ssize_t count = ::recv(client, part, sizeof part, 0);
    if (count <= 0) return false;
    bytes.append(part, static_cast<std::size_t>(count));
    return true;
  }

  static std::optional<HttpRequest> read_request(int client, std::string& bytes) {
    std::size_t end = bytes.find("\r\n\r\n");
    for (; end == std::string::npos; end = bytes.find("\r\n\r\n")) {
      if (!read_more(client, bytes)) return std::nullopt;
    }
    HttpRequest request = read_head(bytes.substr(0, end));
    bytes.erase(0, end + 4);
    auto length = request.headers.find("content-length");
    std::size_t size = length == request.headers.end() ? 0 : std::stoul(length->second);
    while (bytes.size() < size) {
      if (!read_more(client, bytes)) return std::nullopt;
    }
    request.body = bytes.substr(0, size);
    bytes.erase(0, size);
    return request;
  }

  static HttpRequest read_head(const std::string& head) {
    HttpRequest request;
    std::size_t end = head.find("\r\n");
    std::string first = head.substr(0, end);
    std::size_t space = first.find(' ');
    request.method = first.substr(0, space);
    request.path = first.substr(space + 1, first.rfind(' ') - space - 1);
    while (end != std::string::npos) {
      std::size_t begin = end + 2;
      end = head.find("\r\n", begin);
      std::string line = head.substr(begin, end == std::string::npos ? end : end - begin);
      std::size_t colon = line.find(':');
      if (colon == std::string::npos) continue;
      std::string name = line.substr(0, colon);
      for (char& letter : name) letter = static_cast<char>(::tolower(letter));
      std::size_t value = line.find_first_not_of(' ', colon + 1);
      request.headers[name] = value == std::string::npos ? "" : line.substr(value);
    }
    return request;
  }

  Handler handler_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::thread acceptor_;
  std::mutex mutex_;  // of the next two
  std::vector<int> open_;
  std::vector<std::thread> threads_;
};

}  // namespace anlan::test
