#pragma once
// Test helper: a small blocking client over TCP or TLS, enough for HTTP/1.1 and WebSocket text.

#include <openssl/ssl.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace anlan::api {

struct WireAnswer {
  int status = 0;
  std::map<std::string, std::string, std::less<>> headers{};  // lower case
  std::string body{};
};

class TestClient {
 public:
  explicit TestClient(uint16_t port);
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  // Checks the chain against this PEM and the name "localhost"; false when it does not hold.
  bool start_tls(const std::string& authority_pem);
  bool send(const std::string& bytes);
  WireAnswer read_answer();
  WireAnswer ask(const std::string& head, const std::string& body = {});

  void send_text_frame(const std::string& text);
  // The next text frame; a close frame gives "close:<code>"; nothing at the end.
  std::optional<std::string> read_frame();

 private:
  bool fill();
  std::optional<std::string> take(std::size_t count);

  int socket_ = -1;
  SSL_CTX* context_ = nullptr;
  SSL* tls_ = nullptr;
  std::string buffer_;
};

}  // namespace anlan::api
