/* Arithmetic of seekFrom() shared by the streams that have all their data at hand. */
#pragma once

#include "Data/Stream/SeekOrigin.h"
#include <climits>
#include <cstddef>
#include <cstdint>

/* Set `position` when the result lies in 0..size. Returns the new position or -1. */
inline int movePosition(size_t& position, size_t size, int offset, SeekOrigin origin)
{
	int64_t base = origin == SeekOrigin::Start ? 0 : int64_t(origin == SeekOrigin::End ? size : position);
	int64_t wanted = base + offset;
	if(wanted < 0 || wanted > int64_t(size) || wanted > INT_MAX) {
		return -1;
	}
	position = size_t(wanted);
	return int(wanted);
}

/* How many bytes readMemoryBlock() may copy: its result has 16 bits. */
inline size_t blockLength(size_t available, int bufSize)
{
	size_t wanted = bufSize < 0 ? 0 : size_t(bufSize);
	size_t count = available < wanted ? available : wanted;
	return count < UINT16_MAX ? count : UINT16_MAX;
}
