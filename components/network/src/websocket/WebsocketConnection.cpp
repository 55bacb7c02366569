/* WebsocketConnection: opening and closing, and what is sent. What is received stands in WebsocketReceive.cpp. */
#include "FrameStream.h"
#include "handshake.h"
#include <Network/Http/Websocket/WebsocketConnection.h>
#include <cstring>
#include <debug_progmem.h>
#include <hal.h>

using namespace Websocket;

WebsocketList WebsocketConnection::websocketList;

WebsocketConnection::WebsocketConnection(HttpConnection* connection, bool isClientConnection)
	: connection(connection), isClientConnection(isClientConnection)
{
	timer.setCallback([](void* arg) { static_cast<WebsocketConnection*>(arg)->onTimer(); }, this);
}

WebsocketConnection::~WebsocketConnection()
{
	for(auto guard = watch; guard != nullptr; guard = guard->outer) {
		guard->object = nullptr;
	}
	leaveList();
	if(connection != nullptr && connection->getUpgrade() == this) {
		connection->setUpgrade(nullptr);
	}
}

void WebsocketConnection::setConnection(HttpConnection* newConnection, bool isClient)
{
	connection = newConnection;
	isClientConnection = isClient;
}

bool WebsocketConnection::bind(HttpRequest& request, HttpResponse& response)
{
	if(connection == nullptr) {
		return false;
	}
	const auto& headers = request.headers;
	bool asked = request.method == HTTP_GET && hasToken(headers[HTTP_HEADER_UPGRADE], "websocket") &&
				 hasToken(headers[HTTP_HEADER_CONNECTION], "upgrade");
	if(asked && headers[HTTP_HEADER_SEC_WEBSOCKET_VERSION] != String(WEBSOCKET_VERSION)) {
		response.code = HTTP_STATUS_UPGRADE_REQUIRED; // with the version we speak (RFC 6455 §4.4)
		response.headers[HTTP_HEADER_SEC_WEBSOCKET_VERSION] = String(WEBSOCKET_VERSION);
		response.sendString(F("This server speaks version 13 of WebSocket.\n"));
		return false;
	}
	const auto& key = headers[HTTP_HEADER_SEC_WEBSOCKET_KEY];
	if(!asked || !isKey(key)) {
		response.code = HTTP_STATUS_BAD_REQUEST;
		response.sendString(F("This path speaks WebSocket.\n"));
		return false;
	}
	bool ok = response.headers.set(HTTP_HEADER_CONNECTION, "Upgrade") &&
			  response.headers.set(HTTP_HEADER_UPGRADE, "websocket");
	auto accept = acceptFor(key);
	ok = ok && !accept.isNull() && response.headers.set(HTTP_HEADER_SEC_WEBSOCKET_ACCEPT, accept);
	if(protocol) {
		ok = ok && response.headers.set(HTTP_HEADER_SEC_WEBSOCKET_PROTOCOL, protocol);
	}
	if(!ok) {
		response.code = HTTP_STATUS_SERVICE_UNAVAILABLE;
		return false;
	}
	response.code = HTTP_STATUS_SWITCHING_PROTOCOLS;
	connection->setUpgrade(this);
	return true;
}

bool WebsocketConnection::onUpgradeBegin()
{
	return onConnected();
}

bool WebsocketConnection::onConnected()
{
	if(connection == nullptr || state == eWSCS_Open || !websocketList.add(this)) {
		return false;
	}
	parser.reset(!isClientConnection, maxMessageSize);
	closeSent = closeReceived = inParts = pinged = received = false;
	closeCode = Close::abnormal;
	state = eWSCS_Open;
	connection->setTimeOut(USHRT_MAX);
	startTimer(uint32_t(pingInterval) * 1000);
	Watch guard(*this);
	auto function = wsConnect;
	function(*this);
	return true;
}

void WebsocketConnection::leaveList()
{
	websocketList.removeElement(this);
}

void WebsocketConnection::reset()
{
	leaveList();
	timer.stop();
	if(connection != nullptr && connection->getUpgrade() == this) {
		connection->setUpgrade(nullptr);
	}
	connection = nullptr;
	state = eWSCS_Ready;
	message = nullptr;
	parser.stop(); // a handler may have called this: what came with its message is not the next connection's
}

/* One frame, made in the memory of the queue. */
bool WebsocketConnection::sendFrame(const void* data, size_t length, ws_frame_type_t type, bool closeAfterSent)
{
	uint8_t header[maxHeaderLength];
	uint8_t key[4];
	if(length > SIZE_MAX - sizeof(header) || (isClientConnection && !hal_random(key, sizeof(key)))) {
		return false;
	}
	struct Frame {
		const uint8_t* header;
		size_t headerLength;
		const void* data;
		size_t length;
		const uint8_t (*key)[4];
	} frame{header, 0, data, length, isClientConnection ? &key : nullptr};
	frame.headerLength = writeHeader(header, type, true, length, isClientConnection ? key : nullptr);
	return connection->send(
		frame.headerLength + length,
		[&frame](char* buffer) {
			memcpy(buffer, frame.header, frame.headerLength);
			auto payload = reinterpret_cast<uint8_t*>(buffer) + frame.headerLength;
			if(frame.length > 0) {
				memcpy(payload, frame.data, frame.length);
			}
			if(frame.key != nullptr) {
				applyMask(payload, frame.length, *frame.key);
			}
		},
		closeAfterSent);
}

bool WebsocketConnection::send(const char* data, size_t length, ws_frame_type_t type)
{
	bool isControl = (type & 0x08) != 0;
	if(state != eWSCS_Open || connection == nullptr || type == WS_FRAME_CLOSE || type == WS_FRAME_CONTINUATION ||
	   (data == nullptr && length > 0) || (isControl ? length > maxControlLength : inParts)) {
		return false;
	}
	auto queued = connection->getQueuedSize();
	if(queued > 0 && (length > WEBSOCKET_MAX_QUEUE_SIZE || queued > WEBSOCKET_MAX_QUEUE_SIZE - length)) {
		debug_w("WebSocket: the peer does not read, %u bytes wait", unsigned(queued));
		return false;
	}
	return sendFrame(data, length, type, false);
}

bool WebsocketConnection::send(IDataSourceStream* stream, ws_frame_type_t type, bool, bool isFin)
{
	if(stream == nullptr || state != eWSCS_Open || connection == nullptr ||
	   (type != WS_FRAME_TEXT && type != WS_FRAME_BINARY)) {
		delete stream;
		return false;
	}
	auto frames = new FrameStream(stream, inParts ? WS_FRAME_CONTINUATION : type, isClientConnection, isFin);
	if(frames == nullptr) {
		delete stream;
		return false;
	}
	if(!connection->send(frames)) {
		return false;
	}
	inParts = !isFin;
	return true;
}

void WebsocketConnection::broadcast(const char* message, size_t length, ws_frame_type_t type)
{
	for(auto socket : websocketList) {
		socket->send(message, length, type); // calls nothing back, so the list stays as it is
	}
}

void WebsocketConnection::close(uint16_t code, const String& reason)
{
	if(connection == nullptr || state != eWSCS_Open) {
		return;
	}
	uint8_t payload[maxControlLength];
	size_t length = 0;
	if(isCloseCode(code)) {
		payload[0] = uint8_t(code >> 8);
		payload[1] = uint8_t(code);
		auto room = sizeof(payload) - 2;
		auto size = reason.length() < room ? reason.length() : room;
		while(size < reason.length() && size > 0 && (uint8_t(reason[size]) & 0xC0) == 0x80) {
			--size; // not within a character
		}
		memcpy(payload + 2, reason.c_str(), size);
		length = 2 + size;
	}
	closeSent = sendFrame(payload, length, WS_FRAME_CLOSE, false);
	startTimer(closeSent ? WEBSOCKET_CLOSE_TIMEOUT * 1000 : 1);
	disconnected(code);
}

void WebsocketConnection::disconnected(uint16_t code)
{
	if(state == eWSCS_Closed) {
		return;
	}
	state = eWSCS_Closed;
	closeCode = code;
	leaveList();
	auto function = wsDisconnect;
	function(*this);
}

void WebsocketConnection::onUpgradeEnd()
{
	timer.stop();
	connection = nullptr;
	message = nullptr;
	bool owned = ownedByConnection;
	Watch guard(*this);
	if(state == eWSCS_Open || !owned) {
		disconnected(Close::abnormal); // also a client's attempt that came to nothing
	}
	if(owned && guard.isAlive()) {
		delete this;
	}
}

void WebsocketConnection::startTimer(uint32_t milliseconds)
{
	timer.stop();
	if(milliseconds > 0 && timer.setIntervalMs(milliseconds)) {
		timer.start(state == eWSCS_Open);
	}
}

/* While open: a ping is due, or the peer is gone. Afterwards: it had its time to close. */
void WebsocketConnection::onTimer()
{
	if(connection == nullptr) {
		return;
	}
	if(state != eWSCS_Open || (pinged && !received)) {
		connection->close();
		return;
	}
	pinged = !received && send(nullptr, 0, WS_FRAME_PING);
	received = false;
}
