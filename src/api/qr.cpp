#include "api/qr.h"

#include <qrencode.h>

#include <memory>

#include "core/result.h"

namespace anlan::api {
namespace {

constexpr int kQuiet = 4;  // ISO/IEC 18004, 5.3.8: four modules of white around

struct FreeCode {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

using Code = std::unique_ptr<QRcode, FreeCode>;

Result<Code> code_of(std::string_view text) {
  if (text.empty()) return refuse(ErrorCode::MissingField, "", "text");
  if (text.size() > kQrBytesMax) return refuse(ErrorCode::TooLarge, "at most 500 bytes", "text");
  Code code(QRcode_encodeData(static_cast<int>(text.size()),
                              reinterpret_cast<const unsigned char*>(text.data()), 0,
                              QR_ECLEVEL_M));
  if (!code) return refuse(ErrorCode::Internal, "QR code");
  return code;
}

}  // namespace

Result<std::vector<std::string>> qr_dots(std::string_view text) {
  Code code = TRY(code_of(text));
  std::vector<std::string> rows;
  for (int y = 0; y < code->width; ++y) {
    std::string& row = rows.emplace_back();
    for (int x = 0; x < code->width; ++x) {
      row += (code->data[y * code->width + x] & 1) == 0 ? '0' : '1';
    }
  }
  return rows;
}

Result<std::string> qr_svg(std::string_view text) {
  Code code = TRY(code_of(text));
  std::string path;
  for (int y = 0; y < code->width; ++y) {
    for (int x = 0; x < code->width; ++x) {
      if ((code->data[y * code->width + x] & 1) == 0) continue;
      path += "M" + std::to_string(x + kQuiet) + " " + std::to_string(y + kQuiet) + "h1v1h-1z";
    }
  }
  std::string size = std::to_string(code->width + 2 * kQuiet);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + size + " " + size +
         "\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h" + size + "v" + size +
         "H0z\"/><path d=\"" + path + "\"/></svg>";
}

}  // namespace anlan::api
