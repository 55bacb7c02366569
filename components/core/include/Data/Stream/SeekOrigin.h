/** Where a seek counts from. */
#pragma once

#include <cstdint>

/** From where a position is counted. */
enum class SeekOrigin : uint8_t {
	Start = 0,   ///< SEEK_SET
	Current = 1, ///< SEEK_CUR
	End = 2,	 ///< SEEK_END
};
