// The client of server_test.cpp.

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/test_client.h"
#include "core/text.h"

namespace anlan::api {

TestClient::TestClient(uint16_t port) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{.sin_family = AF_INET, .sin_port = htons(port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  timeval patience{.tv_sec = 20};  // only a broken server is waited for that long
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    ::close(socket_);
    socket_ = -1;
  }
}

TestClient::~TestClient() {
  SSL_free(tls_);
  SSL_CTX_free(context_);
  if (socket_ >= 0) ::close(socket_);
}

bool TestClient::start_tls(const std::string& authority_pem) {
  context_ = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
  BIO* bio = BIO_new_mem_buf(authority_pem.data(), static_cast<int>(authority_pem.size()));
  X509* authority = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  if (authority != nullptr) X509_STORE_add_cert(SSL_CTX_get_cert_store(context_), authority);
  X509_free(authority);
  tls_ = SSL_new(context_);
  SSL_set1_host(tls_, "localhost");
  SSL_set_tlsext_host_name(tls_, "localhost");
  SSL_set_fd(tls_, socket_);
  return SSL_connect(tls_) == 1;
}

bool TestClient::send(const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const char* from = bytes.data() + sent;
    std::size_t left = bytes.size() - sent;
    ssize_t count = tls_ != nullptr ? SSL_write(tls_, from, static_cast<int>(left))
                                    : ::send(socket_, from, left, MSG_NOSIGNAL);
    if (count <= 0) return false;
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

bool TestClient::fill() {
  char bytes[65536];
  ssize_t count = tls_ != nullptr ? SSL_read(tls_, bytes, sizeof bytes)
                                  : ::recv(socket_, bytes, sizeof bytes, 0);
  if (count <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(count));
  return true;
}

std::optional<std::string> TestClient::take(std::size_t count) {
  while (buffer_.size() < count) {
    if (!fill()) return std::nullopt;
  }
  std::string bytes = buffer_.substr(0, count);
  buffer_.erase(0, count);
  return bytes;
}

WireAnswer TestClient::read_answer() {
  WireAnswer answer;
  while (buffer_.find("\r\n\r\n") == std::string::npos) {
    if (!fill()) return answer;
  }
  std::string head = take(buffer_.find("\r\n\r\n") + 4).value();
  answer.status = std::stoi(head.substr(9, 3));
  for (std::string_view line : split(head, '\n')) {
    std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    answer.headers[lower_ascii(line.substr(0, colon))] = trim(line.substr(colon + 2));
  }
  auto length = answer.headers.find("content-length");
  if (length == answer.headers.end() || answer.status == 101) return answer;
  answer.body = take(static_cast<std::size_t>(std::stoul(length->second))).value_or("");
  return answer;
}

WireAnswer TestClient::ask(const std::string& head, const std::string& body) {
  std::string text = head + "Host: localhost\r\n";
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  if (!send(text + "\r\n" + body)) return {};
  return read_answer();
}

// RFC 6455, 5.2: a client masks; a mask of zeros is one.
void TestClient::send_text_frame(const std::string& text) {
  std::string frame = "\x81";
  if (text.size() < 126) {
    frame += static_cast<char>(0x80 | text.size());
  } else {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(text.size() >> 8);
    frame += static_cast<char>(text.size() & 0xff);
  }
  send(frame + std::string(4, '\0') + text);
}

std::optional<std::string> TestClient::read_frame() {
  while (true) {
    auto head = take(2);
    if (!head) return std::nullopt;
    int kind = (*head)[0] & 0x0f;
    std::size_t size = static_cast<uint8_t>((*head)[1]) & 0x7f;
    if (size == 126) {
      std::string more = take(2).value_or(std::string(2, '\0'));
      size = static_cast<std::size_t>(static_cast<uint8_t>(more[0]) << 8 |
                                      static_cast<uint8_t>(more[1]));
    }
    auto payload = take(size);
    if (!payload) return std::nullopt;
    if (kind == 1) return payload;
    if (kind == 8 && payload->size() >= 2) {
      int code = static_cast<uint8_t>((*payload)[0]) << 8 | static_cast<uint8_t>((*payload)[1]);
      return "close:" + std::to_string(code);
    }
  }
}

}  // namespace anlan::api
