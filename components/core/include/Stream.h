/**
 * Stream: a Print that can also be read.
 */
#pragma once

#include "Delegate.h"
#include "Print.h"

class Stream : public Print
{
public:
	/** How long the functions below that look for something wait for more input, in milliseconds (default 1000). */
	void setTimeout(unsigned timeoutMs)
	{
		receiveTimeout = timeoutMs;
	}

	virtual int available() = 0; ///< bytes that can be read now, -1 when not known
	virtual int read() = 0;		 ///< next byte, -1 when there is none now
	virtual int peek() = 0;		 ///< next byte without taking it, -1 when there is none now
	virtual void flush() = 0;	 ///< wait until everything written has gone

	/** Read up to `length` bytes, waiting for them. @return bytes read */
	virtual size_t readBytes(char* buffer, size_t length);
	/** The same, ending before `terminator`, which is taken and dropped. */
	size_t readBytesUntil(char terminator, char* buffer, size_t length);

	/** Read until `target` was seen. @return false when the input ended first */
	bool find(const char* target)
	{
		return find(target, target == nullptr ? 0 : strlen(target));
	}
	bool find(const char* target, size_t length);

	long parseInt();	///< skip to the next number and read it; 0 when there is none
	float parseFloat(); ///< the same with a decimal point

	/** Everything there is, at most `maxLen` bytes; null when there is nothing or no memory. */
	virtual String readString(size_t maxLen);
	/** Everything up to `terminator`, which is taken and dropped. */
	String readStringUntil(char terminator);

protected:
	int timedRead(); ///< read(), waiting at most the timeout
	int timedPeek();

	unsigned receiveTimeout = 1000;
};

/** Called when bytes arrived: the stream, the last byte, how many wait. */
using StreamDataReceivedDelegate = Delegate<void(Stream& source, char arrivedChar, uint16_t availableCharsCount)>;
