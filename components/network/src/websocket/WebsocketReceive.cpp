/* WebsocketConnection: what is received. */
#include <Network/Http/Websocket/WebsocketConnection.h>
#include <debug_progmem.h>

using namespace Websocket;

bool WebsocketConnection::onUpgradeData(uint8_t* data, size_t length)
{
	received = true;
	Watch guard(*this);
	while(length > 0) {
		FrameParser::Item item;
		auto used = parser.feed(data, length, item);
		data += used;
		length -= used;
		bool goOn = handle(item);
		if(!guard.isAlive() || connection == nullptr) {
			return true; // a handler let go of the connection: whoever holds it knows
		}
		if(!goOn) {
			break;
		}
	}
	return true;
}

/* @return false when nothing more is wanted */
bool WebsocketConnection::handle(FrameParser::Item& item)
{
	switch(item.kind) {
	case FrameParser::Kind::none:
		return true;

	case FrameParser::Kind::data:
		return state != eWSCS_Open || takeData(item); // after our close frame nothing is delivered any more

	case FrameParser::Kind::error:
		debug_w("WebSocket: the peer broke the rules: close code %u", item.code);
		answerClose(item.code);
		return false;

	case FrameParser::Kind::control:
		break;
	}

	if(item.type == WS_FRAME_CLOSE) {
		closeReason = String(reinterpret_cast<const char*>(item.data), item.length);
		answerClose(item.code);
		return false;
	}
	if(item.type == WS_FRAME_PING) {
		send(reinterpret_cast<const char*>(item.data), item.length, WS_FRAME_PONG);
		return true;
	}
	auto function = wsPong;
	if(state == eWSCS_Open) {
		function(*this);
	}
	return true;
}

bool WebsocketConnection::takeData(const FrameParser::Item& item)
{
	auto have = message.length();
	auto need = have + item.length;
	if(need > message.capacity()) {
		// Grows with what arrives, not with what a header announces; a single piece takes no more than it needs
		size_t size = (have == 0) ? need : need + need / 2;
		auto failures = Memory::failures();
		if(message.reserve(size < maxMessageSize ? size : need)) {
			// as much as it may want
		} else if(message.reserve(need)) {
			Memory::forgiveFailures(failures);
		} else {
			debug_e("WebSocket: no memory for a message of %u bytes", unsigned(need));
			answerClose(Close::internalError);
			return true; // the answer to it is still parsed for
		}
	}
	if(item.length > 0) {
		message.concat(reinterpret_cast<const char*>(item.data), item.length);
	}
	return !item.last || deliver(item.type);
}

bool WebsocketConnection::deliver(ws_frame_type_t type)
{
	String whole = message.isNull() ? String::empty : std::move(message);
	message = nullptr;
	Watch guard(*this);
	if(type == WS_FRAME_TEXT) {
		auto function = wsMessage;
		function(*this, whole);
	} else {
		auto function = wsBinary;
		function(*this, reinterpret_cast<uint8_t*>(whole.begin()), whole.length());
	}
	return guard.isAlive();
}

/* The peer closes or broke the rules (`code` says how): answer, once, and end. */
void WebsocketConnection::answerClose(uint16_t code)
{
	closeReceived = true;
	message = nullptr;
	bool failed = (code != Close::noStatus && parser.hasFailed());
	if(!closeSent) {
		uint8_t payload[2] = {uint8_t(code >> 8), uint8_t(code)};
		size_t length = isCloseCode(code) ? sizeof(payload) : 0;
		// The server ends TCP (RFC 6455 §7.1.1); a client does only if the peer cannot be relied on (§7.1.7)
		closeSent = sendFrame(payload, length, WS_FRAME_CLOSE, !isClientConnection || failed);
		startTimer(closeSent ? WEBSOCKET_CLOSE_TIMEOUT * 1000 : 1);
	} else if(!isClientConnection || failed) {
		connection->setCloseAfterSent(true);
	}
	disconnected(code);
}
