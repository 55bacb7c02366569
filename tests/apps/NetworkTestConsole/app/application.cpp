#include <Memory.h>
#include <console.h>

namespace
{
void execute(const Command& command)
{
	if(!tcpCommand(command) && !httpCommand(command) && !otherCommand(command)) {
		say("console", String("not understood: ") + command.getText());
	}
}
} // namespace

Verification::Verification(const Command& command)
{
	auto how = command.option("verify");
	kind = (how == "later") ? Kind::later : (how == "pin") ? Kind::pin : (how == "ca") ? Kind::ca : Kind::nothing;
	resume = command.number("resume") != 0;
	auto hex = command.option("pin");
	if(hex) {
		parseHexString(hex.c_str(), hex.length(), pin.hash.data(), pin.hash.size());
	}
}

void Verification::apply(Ssl::Session& session) const
{
	session.options.verifyLater = (kind == Kind::later);
	session.options.sessionResume = resume;
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

String describeEnd(TcpConnection& connection)
{
	String text = String("error=") + String(unsigned(connection.getError()));
	auto ssl = connection.getSsl();
	if(ssl != nullptr) {
		text += " tls=" + toString(ssl->getError()) + " alert=" + toString(ssl->getAlert()) +
				" resumed=" + String(unsigned(ssl->isResumed()));
	}
	return text;
}

void init()
{
	Serial.begin(SERIAL_BAUD_RATE);
	Serial.systemDebugOutput(true);
	readCommands(execute);
	say("console", "ready");
}
