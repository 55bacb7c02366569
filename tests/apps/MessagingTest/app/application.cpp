#include <Data/HexString.h>
#include <Memory.h>
#include <console.h>
#include <cstdio>
#include <hal_host.h>

namespace
{
void execute(const Command& command)
{
	if(command.word(0) == "quit") {
		mqttCleanup();
		websocketCleanup();
		serverCleanup();
		hal_host_quit(0);
	} else if(command.word(0) == "memory") {
		auto all = Memory::statistics();
		auto network = Memory::statistics(Memory::Tag::network);
		say("memory", String("network=") + String(unsigned(network.current)) + " all=" + String(unsigned(all.current)) +
						  " peak=" + String(unsigned(all.peak)));
	} else if(command.word(0) == "heal") {
		Memory::failAllocation(0);
	} else if(!parserCommand(command) && !websocketCommand(command) && !mqttCommand(command) &&
			  !serverCommand(command)) {
		say("console", String("not understood: ") + command.getText());
	}
}
} // namespace

String bytesOption(const Command& command, const char* name)
{
	auto hex = command.option(name);
	String bytes;
	if(!hex.isNull() && bytes.setLength(hex.length() / 2)) {
		parseHexString(hex.c_str(), hex.length(), reinterpret_cast<uint8_t*>(bytes.begin()), bytes.length());
	}
	return bytes;
}

String toHex(const void* data, size_t length)
{
	return Crypto::toHex(data, length);
}

bool readFile(const String& path, String& contents)
{
	auto file = fopen(path.c_str(), "rb");
	if(file == nullptr) {
		return false;
	}
	contents = String::empty;
	char block[1024];
	for(size_t count = fread(block, 1, sizeof(block), file); count > 0; count = fread(block, 1, sizeof(block), file)) {
		contents.concat(block, count);
	}
	fclose(file);
	return true;
}

void applyTls(Ssl::Session& session, const Command& command)
{
	session.options.verifyLater = (command.option("verify") == "later");
	session.alpnProtocols = command.option("alpn");
	String key;
	String certificate;
	if(command.option("key") && readFile(command.option("key"), key) &&
	   readFile(command.option("certificate"), certificate)) {
		session.keyCert.assign(key, certificate);
	}
}

void init()
{
	Serial.begin(SERIAL_BAUD_RATE);
	Serial.systemDebugOutput(true);
	readCommands(execute);
	say("console", "ready");
}
