#include "Conversation.h"
#include "../common/Expect.h"
#include "../common/harness.h"
#include "Scene.h"
#include "Script.h"
#include <algorithm>
#include <cstring>

namespace Fuzz
{
Reached reached;

namespace
{
constexpr uint8_t changeCipherSpec = 20, handshakeType = 22, helloDone = 14;
constexpr size_t recordHeader = 5, maxCiphertext = 16384 + 2048;
const char serverName[] = "host.example";
bool recording;

/** Looks for the message ServerHelloDone or the end of unprotected messages in what a side sends. */
class Watcher
{
public:
	void see(const uint8_t* record, size_t length)
	{
		found = found || record[0] == changeCipherSpec;
		for(size_t i = recordHeader; i < length && record[0] == handshakeType && !found;) {
			if(position == messageHeader) {
				const size_t part = std::min(left, length - i);
				left -= part;
				i += part;
			} else {
				found = position == 0 && record[i] == helloDone;
				left = position == 0 ? 0 : left << 8 | record[i];
				++position;
				++i;
			}
			if(position == messageHeader && left == 0) {
				position = 0;
			}
		}
	}

	bool found = false;

private:
	static constexpr unsigned messageHeader = 4;
	unsigned position = 0; ///< in the header of a message
	size_t left = 0;	   ///< of its body
};

/**
 * Take the next record that a side sends.
 * @return its length; 0: there is none
 */
size_t takeRecord(Side& side, Watcher& watcher, uint8_t* record)
{
	const uint8_t* data;
	const size_t waiting = axtls_engine_peek_output(side.engine, &data);
	if(waiting == 0) {
		return 0;
	}
	expect(!side.endWasSeen, "something after the last alert");
	const size_t length = waiting < recordHeader ? 0 : recordHeader + size_t(data[3] << 8 | data[4]);
	expect(length != 0 && length <= waiting && length <= recordHeader + maxCiphertext, "a record that is none");
	memcpy(record, data, length);
	axtls_engine_consume_output(side.engine, length);
	watcher.see(record, length);
	return length;
}

struct Connection {
	Side client, server;
	Watcher ofClient, ofServer;
};

/**
 * Pass what one side has to say to the other.
 * @param script changes of its records; nullptr: none
 * @return false if it had nothing to say
 */
bool pass(Side& from, Side& to, Watcher& watcher, Script* script, uint8_t cut)
{
	static uint8_t record[2 * maxRecord];
	size_t length = takeRecord(from, watcher, record);
	if(length == 0) {
		return false;
	}
	for(; length != 0; length = takeRecord(from, watcher, record)) {
		const size_t changed = script == nullptr ? length : script->apply(record, length);
		if(recording && script != nullptr) {
			fwrite(record, 1, changed, stdout);
		}
		to.feed(record, changed, cut);
	}
	from.endWasSeen = axtls_engine_is_closed(from.engine);
	return true;
}

/** Handshake, some data both ways, and the end. */
void converse(Connection& c, Role role, Script* script, uint8_t cut)
{
	static uint8_t text[900];
	memset(text, Scene::plaintext, sizeof(text));
	const auto toServer = role == Role::server ? script : nullptr, toClient = role == Role::client ? script : nullptr;
	for(unsigned round = 0; round < 12; ++round) {
		const bool fromClient = pass(c.client, c.server, c.ofClient, toServer, cut);
		const bool fromServer = pass(c.server, c.client, c.ofServer, toClient, cut);
		if(fromClient || fromServer) {
			continue;
		}
		if(round >= 8) {
			break;
		}
		axtls_engine_write(c.client.engine, text, 1 + round * 100);
		axtls_engine_flush(c.client.engine);
		axtls_engine_write(c.server.engine, text, 3);
		if(round == 6) {
			axtls_engine_close(c.server.engine);
		}
		axtls_engine_flush(c.server.engine);
	}
}

/** A session of an earlier connection. */
struct Session {
	axtls_session session;
	bool exists = false;
	uint8_t ticket[AXTLS_MAX_TICKET];
	size_t ticketLength = 0;

	void take(axtls_engine* client)
	{
		const uint8_t* data;
		exists = axtls_engine_get_session(client, &session);
		ticketLength = exists ? axtls_engine_get_ticket(client, &data) : 0;
		if(ticketLength != 0) {
			memcpy(ticket, data, ticketLength);
		}
	}
};

/** @return false without memory */
bool open(Connection& c, const Scene& scene, const Session& earlier)
{
	c.client.peerKeyIsEc = scene.serverKeyIsEc();
	c.server.peerKeyIsEc = (scene.flags & Scene::clientIdentityIsEc) != 0;
	c.client.engine = axtls_client_new(&scene.client, &c.client, serverName, earlier.exists ? &earlier.session : nullptr,
									   earlier.ticketLength == 0 ? nullptr : earlier.ticket, earlier.ticketLength);
	c.server.engine = axtls_server_new(&scene.server, &c.server);
	return c.client.engine != nullptr && c.server.engine != nullptr;
}

/** Give one side what its peer is said to have sent. */
void listen(Connection& c, Role role, uint8_t cut, const uint8_t* data, size_t size)
{
	Side& side = role == Role::client ? c.client : c.server;
	Watcher& watcher = role == Role::client ? c.ofClient : c.ofServer;
	static uint8_t output[recordHeader + maxCiphertext];
	for(;;) {
		while(takeRecord(side, watcher, output) != 0) {
		}
		if(size == 0) {
			break;
		}
		const size_t wanted = size < recordHeader ? size : recordHeader + size_t(data[3] << 8 | data[4]);
		const size_t length = std::min(wanted, size);
		side.feed(data, length, cut);
		data += length;
		size -= length;
	}
}

/** A connection to be resumed first, if `resume`; then the one under test. */
void connect(Role role, const Scene& scene, bool resume, bool raw, const uint8_t* data, size_t size)
{
	Session earlier;
	if(resume) {
		Connection quiet;
		if(open(quiet, scene, earlier)) {
			converse(quiet, role, nullptr, 0);
			earlier.take(quiet.client.engine);
		}
	}
	failAllocation(scene.failAllocation);
	Connection tested;
	if(!open(tested, scene, earlier)) {
		return;
	}
	if(raw) {
		listen(tested, role, scene.cut, data, size);
	} else {
		Script script(data, size);
		converse(tested, role, &script, scene.cut);
	}
	const auto& side = role == Role::client ? tested.client : tested.server;
	const auto& watcher = role == Role::client ? tested.ofClient : tested.ofServer;
	reached.connected += axtls_engine_is_connected(side.engine);
	reached.resumed += axtls_engine_is_resumed(side.engine);
	reached.pastHelloDone += watcher.found;
}

} // namespace

void runAxtls(Role role, const uint8_t* data, size_t size)
{
	uint8_t header[sceneHeaderSize] = {};
	memcpy(header, data, std::min(size, sizeof(header)));
	const size_t used = std::min(size, sceneHeaderSize);
	const size_t before = heldBytes();
	const auto earlier = reached;
	{
		Scene scene(header);
		const bool resume = (header[0] & resumeBit) != 0, raw = (header[0] & rawBit) != 0;
		if(recording) {
			header[0] |= rawBit;
			fwrite(header, 1, sizeof(header), stdout);
		}
		connect(role, scene, resume, raw, data + used, size - used);
	}
	failAllocation(0);
	expect(heldBytes() == before, "memory leak");
	++reached.executions;
	if(verbose) {
		printf("\t%s%s\n", reached.connected != earlier.connected ? "connected" : "not connected",
			   reached.pastHelloDone != earlier.pastHelloDone ? ", past ServerHelloDone" : "");
		fflush(stdout);
	}
}

int initAxtls(Role role, int argc, char** argv)
{
	if(argc > 1 && strcmp(argv[1], "record") == 0) {
		static uint8_t data[4096];
		const size_t size = fread(data, 1, sizeof(data), stdin);
		recording = true;
		runAxtls(role, data, size);
		exit(ferror(stdout) != 0 || fflush(stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS);
	}
	atexit([] {
		fprintf(stderr, "executions %lu, past ServerHelloDone %lu, connected %lu, resumed %lu\n", reached.executions,
				reached.pastHelloDone, reached.connected, reached.resumed);
	});
	return 0;
}

} // namespace Fuzz
