#include "app/consistency.h"

#include "core/hash.h"

namespace anlan::app {
namespace {

// RFC 9162, 2.1.1: an inner node is 0x01 and its two children.
std::string node_hash(std::string_view left, std::string_view right) {
  return sha256("\x01" + std::string(left) + std::string(right));
}

}  // namespace

bool is_consistent(const TreeSize& from, const TreeSize& to, const std::vector<std::string>& path) {
  if (from.size < 0 || from.size > to.size) return false;
  if (from.size == to.size) return path.empty() && from.root == to.root;
  if (from.size == 0) return path.empty();
  // RFC 9162, 2.1.4.2, 2: a complete smaller tree stands at the head of the path itself.
  std::vector<std::string> nodes = path;
  if ((from.size & (from.size - 1)) == 0) nodes.insert(nodes.begin(), from.root);
  if (nodes.empty()) return false;
  int64_t fn = from.size - 1;  // 3
  int64_t sn = to.size - 1;
  while ((fn & 1) != 0) {  // 4
    fn >>= 1;
    sn >>= 1;
  }
  std::string fr = nodes.front();  // 5
  std::string sr = nodes.front();
  for (std::size_t i = 1; i < nodes.size(); ++i) {  // 6
    if (sn == 0) return false;
    if ((fn & 1) != 0 || fn == sn) {
      fr = node_hash(nodes[i], fr);
      sr = node_hash(nodes[i], sr);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      sr = node_hash(sr, nodes[i]);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && fr == from.root && sr == to.root;  // 7
}

}  // namespace anlan::app
