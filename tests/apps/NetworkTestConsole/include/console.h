/**
 * The console of NetworkTestConsole: a test writes commands to its input, one on a line, and reads what happens
 * from its output; see command.h.
 */
#pragma once

#include "../../common/command.h"
#include <Crypto.h>
#include <Data/HexString.h>
#include <Network/Ssl/Session.h>
#include <SmingCore.h>

/** How the server's certificate is to be judged: "verify=later|pin|ca", "pin=HEX" (SPKI SHA-256), "resume=1". */
struct Verification {
	explicit Verification(const Command& command);
	void apply(Ssl::Session& session) const;

	enum class Kind : uint8_t { later, pin, ca, nothing } kind;
	bool resume;
	Ssl::Fingerprint::Pki::Sha256 pin;
};

/** Byte n of what is sent is n % 251. */
class PatternStream : public IDataSourceStream
{
public:
	PatternStream(size_t length, bool sizeKnown) : PatternStream(length, sizeKnown ? int(length) : -1, false)
	{
	}
	/** @param promised what available() says @param stuck seek() fails */
	PatternStream(size_t length, int promised, bool stuck) : length(length), promised(promised), stuck(stuck)
	{
	}
	int available() override
	{
		return (promised < 0) ? -1 : promised - int(position);
	}
	uint16_t readMemoryBlock(char* data, int bufSize) override;
	bool seek(int count) override
	{
		position += stuck ? 0 : size_t(count);
		return !stuck;
	}
	bool isFinished() override
	{
		return position >= length;
	}

private:
	size_t length;
	size_t position = 0;
	int promised;
	bool stuck;
};

/** Counts and hashes what it is given. */
class Digest
{
public:
	void add(const void* data, size_t length)
	{
		hash.update(data, length);
		total += length;
	}
	/** "received=N hash=HEX" */
	String describe() const;

private:
	Crypto::Sha256 hash;
	size_t total = 0;
};

/** "error=… tls=… alert=…" of a connection that ended. */
String describeEnd(TcpConnection& connection);

bool tcpCommand(const Command& command);
/** Delete everything the command made. */
void tcpCleanup();
bool httpCommand(const Command& command);
bool otherCommand(const Command& command);
