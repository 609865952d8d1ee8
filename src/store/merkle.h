#pragma once
// The Merkle tree of RFC 9162, clause 2.1, over SHA-256: pure functions. Perfect subtrees are kept
// as nodes (level, index): the node covers the leaves [index * 2^level, (index + 1) * 2^level).

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.h"
#include "core/result.h"

namespace anlan::store {

std::string leaf_hash(std::string_view leaf);                          // 0x00 || leaf
std::string node_hash(std::string_view left, std::string_view right);  // 0x01 || left || right
// Over hashes that already stand for leaves; SHA-256 of nothing for none.
Digest merkle_root(std::vector<Digest> hashes);
std::string merkle_root(std::span<const std::string> hashes);

struct MerkleNode {
  int level;
  int64_t index;
  std::string hash;
};

// The right edge of a growing tree: the perfect subtrees that its size is the sum of.
class Frontier {
 public:
  Frontier() = default;
  // `peaks` from the highest level down, one for each set bit of `size`.
  Frontier(int64_t size, std::vector<std::string> peaks) : size_(size), peaks_(std::move(peaks)) {}

  int64_t size() const { return size_; }
  std::string root() const;
  // The nodes that become complete with this leaf, the leaf itself first.
  std::vector<MerkleNode> append(std::string hash);
  // Which nodes a frontier of this size consists of; their hashes are empty.
  static std::vector<MerkleNode> places(int64_t size);

 private:
  int64_t size_ = 0;
  std::vector<std::string> peaks_;
};

// The root of a tree of which only the leaves are at hand, one after the other. Without a copy of
// any leaf.
class TreeHasher {
 public:
  void add(std::string_view leaf);
  int64_t size() const { return size_; }
  std::string root() const;

 private:
  int64_t size_ = 0;
  std::string bytes_{};  // 0x00 || leaf, used again for each
  std::vector<std::string> peaks_{};
};

using NodeReader = std::function<Result<std::string>(int level, int64_t index)>;

// Both read O(log size) nodes.
Result<std::vector<std::string>> inclusion_path(int64_t leaf, int64_t size, const NodeReader& read);
Result<std::vector<std::string>> consistency_path(int64_t from, int64_t to, const NodeReader& read);
Result<std::string> tree_root(int64_t size, const NodeReader& read);

}  // namespace anlan::store
