#pragma once
// Every bound that foreign input can reach, with its reason. Reaching one is a refusal, not a
// crash.

#include <cstddef>
#include <cstdint>

namespace anlan::limits {

inline constexpr std::size_t kJsonBytesMax = 1 << 20;       // a request body; photos go in chunks
inline constexpr int kJsonDepthMax = 32;                    // our deepest own format needs 12
inline constexpr std::size_t kTextCharsMax = 4000;          // a free text field; a page of prose
inline constexpr std::size_t kXmlBytesMax = 4 << 20;        // largest MIWG model is 241 KB
inline constexpr std::size_t kBlobBytesMax = 64 << 20;      // a photo has 12 MB, a short video 50
inline constexpr std::size_t kBlobChunkBytesMax = 1 << 20;  // Drogon holds a body whole in memory
inline constexpr uint32_t kImagePixelsMax = 60'000'000;     // phones make 50 Mpx; more is a bomb
inline constexpr std::size_t kPageRowsMax = 200;            // one screen scrolls no further
inline constexpr std::size_t kFilterNodesMax = 200;         // a person's filter has 10
inline constexpr std::size_t kFormFieldsMax = 300;          // PostgreSQL's tuple limit, with room
inline constexpr std::size_t kFilesPerFieldMax = 20;
inline constexpr std::size_t kManifestBytesMax = 4 << 10;  // of one photo: ours take 900 bytes
inline constexpr std::size_t kObjectBytesMax = 16 << 10;   // an object field: a box, a small table
inline constexpr std::size_t kSearchCharsMax = 64;         // more words than a person looks for
inline constexpr std::size_t kHistoryVersionsMax = 1000;   // newest versions of one record shown
inline constexpr std::size_t kExpressionBytesMax = 64 << 10;
inline constexpr int kExpressionDepthMax = 64;
inline constexpr uint64_t kEvaluationStepsMax = 1'000'000;
inline constexpr int kEvaluationDepthMax = 1000;  // nested calls: bounded by the stack
inline constexpr std::size_t kEvaluationTextBytesMax = 1 << 20;  // a text that is built
inline constexpr std::size_t kListItemsMax = 100'000;
inline constexpr std::size_t kFlowStepsMax = 1000;  // steps of one event: then it is a loop
inline constexpr int kFlowChainMax = 4;  // records and messages one flow makes of another
inline constexpr std::size_t kFlowElementsMax = 2000;  // of one model; the largest seen has 300
inline constexpr std::size_t kCommandQueueMax = 10'000;
inline constexpr std::size_t kCommandGroupMax = 256;  // commands in one disk transaction
inline constexpr std::size_t kImportRowsMax = 20'000;
inline constexpr int kLiveCreditBytes = 256 << 10;  // unacknowledged bytes of one listener

}  // namespace anlan::limits
