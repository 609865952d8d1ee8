#pragma once
// The arithmetic of a proof: hashes, the Merkle tree of RFC 9162, signatures, canonical JSON.
// Nothing here knows what the proof is about. Formats: docs/formats/ledger.md.

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <yyjson.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <format>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

inline const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// RFC 8785, 3.2.2.2: the shortest escape where JSON demands one.
inline void write_text(std::string_view text, std::string& out) {
  constexpr std::string_view kMeant = "\b\t\n\f\r\"\\";
  constexpr std::string_view kWritten = "btnfr\"\\";
  out += '"';
  for (char c : text) {
    if (auto at = kMeant.find(c); at != std::string_view::npos) {
      (out += '\\') += kWritten[at];
    } else if (c >= 0 && c < 0x20) {
      out += std::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

inline bool write(yyjson_val* value, std::string_view left_out, std::string& out);

// Only for ASCII is the order of bytes surely that of UTF-16, which RFC 8785, 3.2.3 asks for.
inline bool write_object(yyjson_val* object, std::string_view left_out, std::string& out) {
  std::map<std::string, yyjson_val*> members;
  std::size_t i = 0, count = 0;
  yyjson_val *name = nullptr, *value = nullptr;
  yyjson_obj_foreach(object, i, count, name, value) {
    std::string text(yyjson_get_str(name), yyjson_get_len(name));
    bool is_ascii = std::ranges::all_of(text, [](char c) { return c >= 0; });
    if (!is_ascii || !members.emplace(text, value).second) return false;
  }
  members.erase(std::string(left_out));
  std::string_view separator = "{";
  for (const auto& [text, member] : members) {
    write_text(text, out += separator);
    if (!write(member, {}, out += ':')) return false;
    separator = ",";
  }
  out += members.empty() ? "{}" : "}";
  return true;
}

inline bool write(yyjson_val* value, std::string_view left_out, std::string& out) {
  if (yyjson_is_obj(value)) return write_object(value, left_out, out);
  if (yyjson_is_arr(value)) {
    out += '[';
    for (std::size_t i = 0; i < yyjson_arr_size(value); ++i) {
      if (i > 0) out += ',';
      if (!write(yyjson_arr_get(value, i), {}, out)) return false;
    }
    out += ']';
  } else if (yyjson_is_str(value)) {
    write_text({yyjson_get_str(value), yyjson_get_len(value)}, out);
  } else if (yyjson_is_null(value) || yyjson_is_bool(value)) {
    out += yyjson_is_null(value) ? "null" : yyjson_is_true(value) ? "true" : "false";
  } else if (yyjson_is_uint(value) && yyjson_get_uint(value) < (1ULL << 53)) {
    out += std::to_string(yyjson_get_uint(value));
  } else {
    return false;
  }
  return true;
}

inline std::string sha256(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> out{};
  SHA256(bytes_of(bytes), bytes.size(), out.data());
  return {out.begin(), out.end()};
}

inline std::string to_hex(std::string_view bytes) {
  std::string out;
  for (char c : bytes) out += std::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

inline std::string from_hex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    unsigned char byte = 0;
    const char* end = hex.data() + i + 2;
    if (i + 2 > hex.size() || std::from_chars(end - 2, end, byte, 16).ptr != end) return {};
    out += static_cast<char>(byte);
  }
  return out;
}

// RFC 8785, for what our formats hash: no fractions, and names in plain ASCII. Nothing otherwise.
// The member named is left out of the outermost object.
inline std::optional<std::string> canonical(yyjson_val* value, std::string_view left_out = {}) {
  std::string out;
  return value && write(value, left_out, out) ? std::optional(out) : std::nullopt;
}

// RFC 9162, 2.1.1.
inline std::string leaf_hash(std::string_view leaf) {
  return sha256(std::string(1, '\0').append(leaf));
}

inline std::string node_hash(std::string_view left, std::string_view right) {
  return sha256(std::string(1, '\1').append(left).append(right));
}

// RFC 9162, 2.1.1: k is the largest power of two smaller than n.
inline int64_t split_of(int64_t n) { return int64_t(std::bit_floor(static_cast<uint64_t>(n - 1))); }

// RFC 9162, 2.1.1, where the hashes given already stand for MTH({d}).
inline std::string merkle_root(const std::vector<std::string>& hashes) {
  if (hashes.empty()) return sha256("");
  if (hashes.size() == 1) return hashes.front();
  auto split = hashes.begin() + split_of(static_cast<int64_t>(hashes.size()));
  return node_hash(merkle_root({hashes.begin(), split}), merkle_root({split, hashes.end()}));
}

struct Tree {
  int64_t size;
  std::string root;
};

// The hashes of a proof, taken one by one; a proof with too few or too many holds nothing.
struct Path {
  std::vector<std::string> hashes;
  std::size_t used = 0;
  std::string next() { return used++ < hashes.size() ? hashes[used - 1] : ""; }
  bool is_used_up() const {
    return used == hashes.size() &&
           std::ranges::all_of(hashes, [](const std::string& hash) { return hash.size() == 32; });
  }
};

// Undoes PATH(m, D_n) of RFC 9162, 2.1.3.1: the root that this leaf leads to.
inline std::string root_above(const std::string& leaf, int64_t m, int64_t n, Path& path) {
  if (n == 1) return leaf;
  int64_t k = split_of(n);
  std::string below = m < k ? root_above(leaf, m, k, path) : root_above(leaf, m - k, n - k, path);
  return m < k ? node_hash(below, path.next()) : node_hash(path.next(), below);
}

inline bool is_included(std::string_view leaf, int64_t index, const Tree& tree, Path path) {
  return index >= 0 && index < tree.size &&
         root_above(leaf_hash(leaf), index, tree.size, path) == tree.root && path.is_used_up();
}

// Undoes SUBPROOF(m, D_n, b) of RFC 9162, 2.1.4.1: the roots of D_m and D_n. `whole` is the root of
// the older tree, which the path leaves out as long as b holds, and empty otherwise.
inline std::pair<std::string, std::string> roots_above(int64_t m, int64_t n,
                                                       const std::string& whole, Path& path) {
  if (m == n) {
    std::string hash = whole.empty() ? path.next() : whole;
    return {hash, hash};
  }
  int64_t k = split_of(n);
  if (m <= k) {
    auto [older, newer] = roots_above(m, k, whole, path);
    return {older, node_hash(newer, path.next())};
  }
  auto [older, newer] = roots_above(m - k, n - k, "", path);
  std::string left = path.next();
  return {node_hash(left, older), node_hash(left, newer)};
}

// Is the older tree the beginning of the newer one?
inline bool is_consistent(const Tree& older, const Tree& newer, Path path) {
  if (older.size < 0 || older.size > newer.size || older.root.size() != 32) return false;
  if (older.size == 0) return older.root == sha256("") && path.is_used_up();
  auto roots = roots_above(older.size, newer.size, older.root, path);
  return roots == std::pair(older.root, newer.root) && path.is_used_up();
}

// RFC 8032, Ed25519.
inline bool is_signed(std::string_view public_key, std::string_view message,
                      std::string_view signature) {
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
  Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key),
                                      public_key.size()),
          &EVP_PKEY_free);
  Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  return key && context &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message),
                          message.size()) == 1;
}
