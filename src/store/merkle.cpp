#include "store/merkle.h"

#include <algorithm>
#include <array>
#include <bit>

#include "core/check.h"
#include "core/hash.h"

namespace anlan::store {

namespace {

struct Range {
  int64_t begin;
  int64_t end;
  int64_t size() const { return end - begin; }
};

// RFC 9162, 2.1.1: k is the largest power of two smaller than n.
int64_t split_of(int64_t n) {
  return static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(n - 1)));
}

// Every range that the recursions below meet begins at a multiple of the power of two that is not
// smaller than its size, so a range whose size is a power of two is a stored node.
Result<std::string> range_hash(Range range, const NodeReader& read) {
  auto size = static_cast<uint64_t>(range.size());
  if (std::has_single_bit(size)) {
    int level = std::countr_zero(size);
    return read(level, range.begin >> level);
  }
  int64_t middle = range.begin + split_of(range.size());
  std::string left = TRY(range_hash({range.begin, middle}, read));
  std::string right = TRY(range_hash({middle, range.end}, read));
  return node_hash(left, right);
}

// RFC 9162, 2.1.4.1: SUBPROOF(m, D_n, b). Depth is at most 63.
Result<void> subproof(Range range, int64_t from, bool is_whole, const NodeReader& read,
                      std::vector<std::string>& path) {
  if (from == range.end) {
    if (!is_whole) path.push_back(TRY(range_hash(range, read)));
    return {};
  }
  int64_t middle = range.begin + split_of(range.size());
  if (from <= middle) {
    TRY(subproof({range.begin, middle}, from, is_whole, read, path));
    path.push_back(TRY(range_hash({middle, range.end}, read)));
  } else {
    TRY(subproof({middle, range.end}, from, false, read, path));
    path.push_back(TRY(range_hash({range.begin, middle}, read)));
  }
  return {};
}

// Both of 32 bytes.
Digest node_digest(const char* left, const char* right) {
  std::array<char, 65> bytes{'\1'};
  std::copy_n(left, 32, bytes.begin() + 1);
  std::copy_n(right, 32, bytes.begin() + 33);
  return digest_of({bytes.data(), bytes.size()});
}

}  // namespace

std::string leaf_hash(std::string_view leaf) {
  std::string bytes;
  bytes.reserve(leaf.size() + 1);
  return sha256(bytes.append(1, '\0').append(leaf));
}

std::string node_hash(std::string_view left, std::string_view right) {
  CHECK(left.size() == 32 && right.size() == 32, "a node stands over two hashes");
  return std::string(bytes_of(node_digest(left.data(), right.data())));
}

Digest merkle_root(std::vector<Digest> hashes) {
  if (hashes.empty()) return digest_of("");
  // The hashes of each level take the places of those below. RFC 9162, 2.1.1: the largest power of
  // two goes left, which is the same as handing an odd one at the end up as it is.
  for (std::size_t size = hashes.size(); size > 1; size = (size + 1) / 2) {
    for (std::size_t i = 0; i + 1 < size; i += 2) {
      hashes[i / 2] = node_digest(hashes[i].data(), hashes[i + 1].data());
    }
    if (size % 2 == 1) hashes[size / 2] = hashes[size - 1];
  }
  return hashes.front();
}

std::string merkle_root(std::span<const std::string> hashes) {
  std::vector<Digest> digests(hashes.size());
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    CHECK(hashes[i].size() == digests[i].size(), "a hash has 32 bytes");
    std::ranges::copy(hashes[i], digests[i].begin());
  }
  return std::string(bytes_of(merkle_root(std::move(digests))));
}

std::string Frontier::root() const {
  if (size_ == 0) return sha256("");
  std::string root = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i > 0; --i) root = node_hash(peaks_[i - 1], root);
  return root;
}

std::vector<MerkleNode> Frontier::append(std::string hash) {
  std::vector<MerkleNode> complete{{0, size_, hash}};
  for (int level = 0; (size_ >> level & 1) == 1; ++level) {
    hash = node_hash(peaks_.back(), hash);
    peaks_.pop_back();
    complete.push_back({level + 1, size_ >> (level + 1), hash});
  }
  peaks_.push_back(std::move(hash));
  ++size_;
  return complete;
}

void TreeHasher::add(std::string_view leaf) {
  bytes_.assign(1, '\0');
  bytes_ += leaf;
  std::string hash = sha256(bytes_);
  for (int64_t left = size_; (left & 1) == 1; left >>= 1) {
    hash = node_hash(peaks_.back(), hash);
    peaks_.pop_back();
  }
  peaks_.push_back(std::move(hash));
  ++size_;
}

std::string TreeHasher::root() const { return Frontier(size_, peaks_).root(); }

std::vector<MerkleNode> Frontier::places(int64_t size) {
  std::vector<MerkleNode> nodes;
  int64_t begin = 0;
  for (int level = 62; level >= 0; --level) {
    if ((size >> level & 1) == 0) continue;
    nodes.push_back({level, begin >> level, {}});
    begin += int64_t{1} << level;
  }
  return nodes;
}

// RFC 9162, 2.1.3.1: PATH(m, D_n), written as a loop from the root down, then turned round.
Result<std::vector<std::string>> inclusion_path(int64_t leaf, int64_t size,
                                                const NodeReader& read) {
  if (leaf < 0 || leaf >= size) return refuse(ErrorCode::NotFound, "no such leaf in this tree");
  std::vector<std::string> path;
  Range range{0, size};
  while (range.size() > 1) {
    int64_t middle = range.begin + split_of(range.size());
    Range left{range.begin, middle};
    Range right{middle, range.end};
    path.push_back(TRY(range_hash(leaf < middle ? right : left, read)));
    range = leaf < middle ? left : right;
  }
  return std::vector<std::string>(path.rbegin(), path.rend());
}

Result<std::vector<std::string>> consistency_path(int64_t from, int64_t to,
                                                  const NodeReader& read) {
  if (from < 0 || from > to) return refuse(ErrorCode::BadRequest, "a tree only grows");
  std::vector<std::string> path;
  if (from > 0) TRY(subproof({0, to}, from, true, read, path));
  return path;
}

Result<std::string> tree_root(int64_t size, const NodeReader& read) {
  if (size == 0) return sha256("");
  return range_hash({0, size}, read);
}

}  // namespace anlan::store
