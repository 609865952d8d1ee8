// The only file that knows yyjson.
#include <yyjson.h>

#include <memory>
#include <unordered_set>

#include "core/json.h"

namespace anlan {
namespace {

struct DocFree {
  void operator()(yyjson_doc* doc) const { yyjson_doc_free(doc); }
};

Result<Json> convert(yyjson_val* value, int depth) {
  if (depth > limits::kJsonDepthMax) return refuse(ErrorCode::TooDeep);
  switch (yyjson_get_type(value)) {
    case YYJSON_TYPE_BOOL: return Json(yyjson_get_bool(value));
    case YYJSON_TYPE_RAW: return Json(Json::Number{{yyjson_get_raw(value), yyjson_get_len(value)}});
    case YYJSON_TYPE_STR: return Json(std::string(yyjson_get_str(value), yyjson_get_len(value)));
    case YYJSON_TYPE_ARR: {
      Json::Array items;
      items.reserve(yyjson_arr_size(value));
      std::size_t index = 0;
      std::size_t count = 0;
      yyjson_val* item = nullptr;
      yyjson_arr_foreach(value, index, count, item) items.push_back(TRY(convert(item, depth + 1)));
      return Json(std::move(items));
    }
    case YYJSON_TYPE_OBJ: {
      Json::Object members;
      members.reserve(yyjson_obj_size(value));
      std::unordered_set<std::string_view> seen;
      std::size_t index = 0;
      std::size_t count = 0;
      yyjson_val* name = nullptr;
      yyjson_val* member = nullptr;
      yyjson_obj_foreach(value, index, count, name, member) {
        std::string_view text(yyjson_get_str(name), yyjson_get_len(name));
        if (!seen.insert(text).second) {
          return refuse(ErrorCode::BadJson, "a name stands twice in one object", std::string(text));
        }
        members.emplace_back(text, TRY(convert(member, depth + 1)));
      }
      return Json(std::move(members));
    }
    default: return Json();
  }
}

}  // namespace

Result<Json> parse_json(std::string_view bytes, std::size_t bytes_max) {
  if (bytes.size() > bytes_max) return refuse(ErrorCode::TooLarge, "JSON over its limit");
  // Depth is bounded before yyjson allocates its tree: brackets outside of strings are counted.
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    char c = bytes[i];
    if (in_text && c == '\\') ++i;
    else if (c == '"') in_text = !in_text;
    else if (!in_text && (c == '[' || c == '{') && ++depth > limits::kJsonDepthMax)
      return refuse(ErrorCode::TooDeep, "JSON nested too deeply");
    else if (!in_text && (c == ']' || c == '}')) --depth;
  }
  yyjson_read_err error{};
  std::unique_ptr<yyjson_doc, DocFree> doc(yyjson_read_opts(
      const_cast<char*>(bytes.data()), bytes.size(), YYJSON_READ_NUMBER_AS_RAW, nullptr, &error));
  if (!doc) return refuse(ErrorCode::BadJson, error.msg == nullptr ? "" : error.msg);
  return convert(yyjson_doc_get_root(doc.get()), 0);
}

}  // namespace anlan
