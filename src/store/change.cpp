#include "store/change.h"

#include <iterator>

namespace anlan::store {

namespace {

template <class Item>
void move_all(std::vector<Item>& to, std::vector<Item>&& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

void Change::append(Change other) {
  move_all(rows, std::move(other.rows));
  move_all(events, std::move(other.events));
  move_all(files, std::move(other.files));
}

}  // namespace anlan::store
