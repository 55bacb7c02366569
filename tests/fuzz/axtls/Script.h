/**
 * A script of changes to the records that one side sends, five bytes each and in the order of records:
 *
 *     number of the record | what is done (Change) | where (2 bytes, modulo the record's length) | value
 */
#pragma once

#include <cstddef>
#include <cstdint>

namespace Fuzz
{
constexpr size_t changeSize = 5, maxRecord = 20000;

enum class Change : uint8_t {
	setByte,
	flipBit,
	cut,			  ///< the record ends here
	insert,			  ///< `value` bytes of `value`, the record's length with them
	remove,			  ///< `value` bytes, the record's length without them
	insertInMessage,  ///< the lengths of record and message with them
	removeFromMessage,
	messageLength,	  ///< the message's length (low byte) becomes larger or smaller by `value` as a signed number
	messageType,
	recordType,
	recordVersion,
	twice,
	leaveOut,
	split,			  ///< two records
	injectAlert,	  ///< before the record: an alert of level 1 or 2
	injectMessage,	  ///< before the record: a small handshake message, or something of another content type
	addExtension,	  ///< to a hello, all lengths with it: type from `where`, `value` says what is in it
	setSuites,		  ///< of a ClientHello: the first becomes this one
	setNumber,		  ///< two bytes become `value`, with small ones more often than others
	count
};

class Script
{
public:
	Script(const uint8_t* data, size_t length) : at(data), left(length)
	{
	}

	/**
	 * Apply all changes to the next record.
	 * @param record with room for 2 * maxRecord
	 * @return its new length, possibly of several records or of none
	 */
	size_t apply(uint8_t* record, size_t length);

private:
	const uint8_t* at;
	size_t left;
	unsigned number = 0; ///< of the next record
};

} // namespace Fuzz
