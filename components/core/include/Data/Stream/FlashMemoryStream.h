/** FlashMemoryStream: a FlashString (also an imported file) as a source of data. */
#pragma once

#include "DataSourceStream.h"

class FlashMemoryStream : public IDataSourceStream
{
public:
	/** `flashString` must outlive the stream. */
	explicit FlashMemoryStream(const FlashString& flashString) : flashString(flashString)
	{
	}

	StreamType getStreamType() const override
	{
		return eSST_Memory;
	}
	int available() override
	{
		return int(flashString.length() - readPos);
	}
	uint16_t readMemoryBlock(char* data, int bufSize) override;
	int seekFrom(int offset, SeekOrigin origin) override;
	bool isFinished() override
	{
		return readPos >= flashString.length();
	}
	String id() const override;

private:
	const FlashString& flashString;
	size_t readPos = 0;
};
