#pragma once
// The ledger over the store's own tables. Inside the room only.

#include <filesystem>

#include "store/keys.h"
#include "store/lane.h"

namespace anlan::store {

class SignedLedger final : public Ledger {
 public:
  SignedLedger(const Config& config, WriteLane& lane);
  // Finds or makes the signing key; once, after the tables are there.
  Result<void> start();

  Result<Signed> sign_head() override;
  Result<TreeHead> newest_head(View& view) override;
  std::string public_key() const override;
  Json head_json(const TreeHead& head) const override;
  Result<void> rotate_key() override;
  Result<void> lose_key(std::string_view reason) override;
  Result<Json> keys(View& view) override;
  Result<Json> inclusion(View& view, int64_t leaf_index, int64_t tree_size) override;
  Result<Json> consistency(View& view, int64_t from, int64_t to) override;
  Result<Json> proof(View& view, std::string_view subject_kind, std::string_view subject_id,
                     const MaySee& may_see) override;

 private:
  Result<TreeHead> new_head(Connection& connection);
  Result<void> change_key(const std::function<Result<Rotation>(Connection&)>& make_next);
  std::vector<std::string> write_head(const TreeHead& head) const;

  Clock& clock_;
  Random& random_;
  WriteLane& lane_;
  std::filesystem::path keys_;
  std::vector<std::string> head_folders_;
  std::string plant_;
  mutable std::mutex mutex_;  // guards key_ and is_written_
  SigningKey key_;
  bool is_written_ = false;  // the newest head lies in every folder
};

// What a signature of a tree head covers: anlan.head/1 without public key and signature.
Json head_content(const TreeHead& head);

}  // namespace anlan::store
