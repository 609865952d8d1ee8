#pragma once
// What a source has to offer, asked on a connection of its own, so that its driver is not
// disturbed: the nodes of an OPC UA server, the columns of a recording.

#include <string>

#include "connect/plant_config.h"
#include "connect/sources.h"

namespace anlan::connect {

inline constexpr std::size_t kBrowsePage = 200;

// {"rows":[{"path","name","is_value"}],"next":first row of the next page or null}: what lies below
// `node` (empty: below the root), from row `from` on; at most 1,000 of one node. BadField: no such
// node, or a protocol whose address space cannot be asked for; WrongState: the source does not
// answer, with what it says. Waits up to some seconds.
Result<Json> browse_source(const Source& source, const std::string& node, std::size_t from);
// The same page of what a running source was heard to have: Sparkplug nodes, below each its
// metrics.
Json browse_page(const std::vector<SourceItem>& items, std::size_t from);

}  // namespace anlan::connect
