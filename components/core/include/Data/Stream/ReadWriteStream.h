/** ReadWriteStream: a data source that can also be written to. */
#pragma once

#include "DataSourceStream.h"

class ReadWriteStream : public IDataSourceStream
{
public:
	using Print::write;
	size_t write(uint8_t charToWrite) override
	{
		return write(&charToWrite, 1);
	}
	/** @return bytes taken; fewer than `size` when there is no room or memory */
	size_t write(const uint8_t* buffer, size_t size) override = 0;

	/**
	 * Copy from another stream, which is left positioned after what was taken.
	 * @param size bytes to copy at most; SIZE_MAX copies all there is
	 * @return bytes copied
	 */
	virtual size_t copyFrom(IDataSourceStream* source, size_t size = SIZE_MAX);
};
