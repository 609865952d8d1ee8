#pragma once
// The full change as change_log keeps it, and the Merkle root over its fields that the ledger leaf
// names. The exact bytes are in docs/formats/ledger.md and are also read by tools/verify_ledger.

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/random.h"
#include "store/change.h"

namespace anlan::store {

struct ChangeBody {
  std::string text;  // anlan.change/1
  std::string root;  // 32 bytes
};

// BadField for text that is not UTF-8 or holds a zero byte: neither JSON nor PostgreSQL keeps it.
Result<ChangeBody> encode_body(std::span<const RowChange> rows, Random& random);

// Rows as they were written (Update carries its new version among the cells), and the root anew.
struct DecodedBody {
  std::vector<RowChange> rows;
  std::string root;
};
Result<DecodedBody> decode_body(std::string_view text);

// The fields of a body in the order of their hashes, for a proof: {name, salt, value}, or only
// {hash} where `may_see` says no.
Result<Json> disclosed_fields(
    std::string_view body,
    const std::function<bool(std::string_view table, std::string_view column)>& may_see);

Json value_json(const Value& value);
// The canonical JSON of value_json.
void write_value(const Value& value, std::string& out);
Result<Value> value_of_json(const Json& value);

}  // namespace anlan::store
