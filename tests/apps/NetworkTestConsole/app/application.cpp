#include <Memory.h>
#include <console.h>

namespace
{
String line;
Timer keepAlive;

void execute(const String& text)
{
	Command command(text);
	if(!tcpCommand(command) && !httpCommand(command) && !otherCommand(command)) {
		say("console", String("not understood: ") + text);
	}
}

void onInput(Stream& source, char, uint16_t)
{
	int c;
	while((c = source.read()) >= 0) {
		if(c != '\n') {
			line += char(c);
			continue;
		}
		String complete = line;
		line = "";
		execute(complete);
	}
}
} // namespace

String Command::word(unsigned index) const
{
	size_t start = 0;
	for(; index > 0; --index) {
		int space = text.indexOf(' ', start);
		if(space < 0) {
			return nullptr;
		}
		start = size_t(space) + 1;
	}
	int end = text.indexOf(' ', start);
	return text.substring(start, end < 0 ? text.length() : size_t(end));
}

String Command::option(const char* name) const
{
	String key = String(" ") + name + "=";
	int start = text.indexOf(key);
	if(start < 0) {
		return nullptr;
	}
	auto from = size_t(start) + key.length();
	int end = text.indexOf(' ', from);
	return text.substring(from, end < 0 ? text.length() : size_t(end));
}

long Command::number(const char* name, long otherwise) const
{
	auto value = option(name);
	return value ? value.toInt() : otherwise;
}

Verification::Verification(const Command& command)
{
	auto how = command.option("verify");
	kind = (how == "later") ? Kind::later : (how == "pin") ? Kind::pin : (how == "ca") ? Kind::ca : Kind::nothing;
	auto hex = command.option("pin");
	if(hex) {
		parseHexString(hex.c_str(), hex.length(), pin.hash.data(), pin.hash.size());
	}
}

void Verification::apply(Ssl::Session& session) const
{
	session.options.verifyLater = (kind == Kind::later);
	if(kind == Kind::pin) {
		session.validators.pin(pin);
	}
}

uint16_t PatternStream::readMemoryBlock(char* data, int bufSize)
{
	auto left = length - position;
	auto count = (size_t(bufSize) < left) ? size_t(bufSize) : left;
	for(size_t i = 0; i < count; ++i) {
		data[i] = char((position + i) % 251);
	}
	return uint16_t(count);
}

String Digest::describe() const
{
	return String("received=") + String(unsigned(total)) + " hash=" + Crypto::toString(hash.getHash());
}

void say(const String& name, const String& text)
{
	Serial << "[" << name << "] " << text << endl;
}

String describeEnd(TcpConnection& connection)
{
	String text = String("error=") + String(unsigned(connection.getError()));
	auto ssl = connection.getSsl();
	if(ssl != nullptr) {
		text += " tls=" + toString(ssl->getError()) + " alert=" + toString(ssl->getAlert());
	}
	return text;
}

void init()
{
	Serial.begin(SERIAL_BAUD_RATE);
	Serial.systemDebugOutput(true);
	Serial.onDataReceived(onInput);
	say("console", "ready");
}
