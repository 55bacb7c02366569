/** JsonObjectStream: a JSON object as a stream; the text is made piece by piece as it is read. */
#pragma once

#include "../Json.h"
#include "DataSourceStream.h"

class JsonObjectStream : public IDataSourceStream
{
public:
	/** @param capacity without meaning here: a document takes the memory it needs */
	explicit JsonObjectStream(size_t capacity = 1024)
	{
		(void)capacity;
		root.type = JsonNode::Type::object;
	}

	/** The object, to be filled before the stream is read. */
	JsonObject getRoot()
	{
		return JsonObject(&root);
	}

	StreamType getStreamType() const override
	{
		return eSST_JsonObject;
	}
	/** False if something is missing for want of memory: half a document must not be sent. */
	bool isValid() const override
	{
		return !root.incomplete;
	}
	uint16_t readMemoryBlock(char* data, int bufSize) override;
	/** @return false behind the end, or without memory: then there is no more to read, and no end */
	bool seek(int length) override;
	/** Bytes of the text that were not read yet; -1 when there is no memory to count them. */
	int available() override;
	bool isFinished() override;
	String getMimeType() const override
	{
		return F("application/json");
	}

private:
	/** A place between two pieces of the text. */
	struct Place {
		const JsonNode* node = nullptr; ///< nullptr: before the root
		bool closing = false;			///< behind the children of `node`
		bool ended = false;
	};

	static bool advance(const JsonNode& root, Place& place, String& piece);

	JsonNode root;
	Place place;
	String piece;	 ///< being read
	size_t used = 0; ///< of it
	bool lost = false; ///< where it is, for want of memory
};
