#include "engine/engine.h"

namespace anlan::engine {

Result<void> seed_demo(Engine& engine) {
  const Json* seed = engine.demo_seed();
  if (seed == nullptr || !TRY(engine.is_empty())) return {};
  // One hash for all accounts: hashing one published password 61 times would prove nothing.
  std::string hash = TRY(access::hash_password(seed->text_or("password", "")));
  TRY(engine.run({.what = SeedPlant{.seed = *seed, .password_hash = hash}}));
  return engine.refresh_demo();
}

}  // namespace anlan::engine
