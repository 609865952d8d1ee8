// What a group robot answers: any bytes give a verdict with a short reason in UTF-8, and only a
// whole errcode 0 counts as sent.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "connect/robot_wire.h"
#include "core/text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace anlan::connect;
  if (size < 1) return 0;
  int status = data[0] < 128 ? 200 : 100 + data[0] * 2;
  std::string_view body(reinterpret_cast<const char*>(data + 1), size - 1);
  for (const RobotAnswer& answer :
       {read_wecom_answer(status, body), read_dingtalk_answer(status, body)}) {
    if (answer.reason.size() > 300 || !anlan::is_utf8(answer.reason)) std::abort();
    bool is_sent = answer.verdict == RobotAnswer::Verdict::Sent;
    if (is_sent && body.find("errcode") == std::string_view::npos) {
      // JSON may write the name with escapes.
      if (body.find("\\u") == std::string_view::npos) std::abort();
    }
  }
  if (anlan::is_utf8(body)) {
    for (std::size_t max : {0UL, 3UL, 10UL, 2048UL}) {
      std::string cut = cut_text(body, max);
      if (cut.size() > max || !anlan::is_utf8(cut)) std::abort();
    }
  }
  return 0;
}
