#include <Data/Stream/DataSourceStream.h>
#include <Network/TcpClient.h>
#include <cstring>
#include <debug_progmem.h>
#include <new>

namespace
{
/* A peer that takes everything must not keep the loop from others: the rest follows with the next event. */
constexpr size_t pushLimit = 65536;

} // namespace

/* One thing to be sent: bytes that stand right behind this header, or a stream. */
struct TcpClient::Item {
	Item* next;
	IDataSourceStream* stream; ///< nullptr: bytes
	size_t length;
	size_t sent;
	bool busy;	  ///< a function of the stream is on the stack
	bool dropped; ///< meanwhile: to be deleted when it is not any more

	char* bytes()
	{
		return reinterpret_cast<char*>(this + 1);
	}

	static Item* create(size_t length)
	{
		if(length > SIZE_MAX - sizeof(Item)) {
			return nullptr;
		}
		auto block = Memory::allocate(sizeof(Item) + length, Memory::Tag::network);
		return (block == nullptr) ? nullptr : new(block) Item{nullptr, nullptr, length, 0, false, false};
	}
};

TcpClient::~TcpClient()
{
	freeStreams();
}

bool TcpClient::connect(const String& server, int port, bool useSsl)
{
	if(isProcessing()) {
		return false;
	}
	freeStreams();
	state = TcpConnection::connect(server, port, useSsl) ? eTCS_Connecting : eTCS_Failed;
	return state == eTCS_Connecting;
}

bool TcpClient::connect(IpAddress address, uint16_t port, bool useSsl)
{
	if(isProcessing()) {
		return false;
	}
	freeStreams();
	state = TcpConnection::connect(address, port, useSsl) ? eTCS_Connecting : eTCS_Failed;
	return state == eTCS_Connecting;
}

void TcpClient::close()
{
	TcpConnection::close();
}

void TcpClient::accept(bool withSsl, Delegate<void(TcpClient* client)> onClient)
{
	state = eTCS_Connecting;
	begin(withSsl);
	Scope scope(*this, Scope::Kind::event);
	onClient(this);
	if(scope.isCurrent()) {
		beginTraffic();
	}
}

bool TcpClient::send(const char* data, size_t length, bool forceCloseAfterSent)
{
	if(!isProcessing() || (data == nullptr && length > 0)) {
		return false;
	}
	if(length == 0) {
		return append(nullptr, forceCloseAfterSent);
	}
	auto item = Item::create(length);
	if(item == nullptr) {
		debug_e("TCP: no memory to send %u bytes", unsigned(length));
		return false;
	}
	memcpy(item->bytes(), data, length);
	queued += length;
	return append(item, forceCloseAfterSent);
}

bool TcpClient::send(size_t length, Delegate<void(char* buffer)> fill, bool forceCloseAfterSent)
{
	auto item = (isProcessing() && length > 0) ? Item::create(length) : nullptr;
	if(item == nullptr) {
		return false;
	}
	fill(item->bytes());
	queued += length;
	return append(item, forceCloseAfterSent);
}

bool TcpClient::send(IDataSourceStream* source, bool forceCloseAfterSent)
{
	auto item = (source != nullptr && isProcessing()) ? Item::create(0) : nullptr;
	if(item == nullptr) {
		delete source;
		return false;
	}
	item->stream = source;
	return append(item, forceCloseAfterSent);
}

bool TcpClient::append(Item* item, bool forceCloseAfterSent)
{
	if(item != nullptr) {
		(tail == nullptr ? head : tail->next) = item;
		tail = item;
	}
	if(forceCloseAfterSent) {
		setCloseAfterSent();
	}
	// While data is delivered the TLS session lends its buffer to the application: sent when it is back
	if(isOpen() && !isDelivering()) {
		pushQueue(false);
		if(isDone()) {
			pollSoon(); // not from within the application's own call: the end is reported from the loop
		}
	}
	return true;
}

/* True when closing was asked for and nothing waits any more. */
bool TcpClient::isDone()
{
	return head == nullptr && (closeAfterSent != eTCCASS_None || peerEnded) && isOpen() && getAvailableWriteSize() > 0;
}

void TcpClient::dropHead()
{
	auto item = head;
	head = item->next;
	if(head == nullptr) {
		tail = nullptr;
	}
	queued -= (item->stream == nullptr) ? item->length : 0;
	if(item->busy) {
		item->dropped = true;
	} else {
		destroy(item);
	}
}

void TcpClient::destroy(Item* item)
{
	delete item->stream;
	Memory::wipeAndRelease(item); // passwords go through here
}

void TcpClient::freeStreams()
{
	while(head != nullptr) {
		dropHead();
	}
	closeAfterSent = eTCCASS_None;
	peerEnded = false;
}

/* @return bytes sent, 0 when there is no room or no data now, negative when the connection is gone */
int TcpClient::pushItem(Item& item)
{
	if(item.stream == nullptr) {
		uint8_t flags = TCP_WRITE_FLAG_COPY | (item.next != nullptr ? TCP_WRITE_FLAG_MORE : 0);
		auto left = item.length - item.sent;
		int taken = write(item.bytes() + item.sent, int(left < size_t(INT_MAX) ? left : size_t(INT_MAX)), flags);
		item.sent += (taken > 0) ? size_t(taken) : 0;
		return taken;
	}
	return write(item.stream);
}

/*
 * Send as much of the queue as there is room for.
 * @param withStreams false: nothing is called back, and a stream waits for the loop
 * @return false if the connection is not the same any more
 */
bool TcpClient::pushQueue(bool withStreams)
{
	if(pushing) {
		return true;
	}
	Scope scope(*this, Scope::Kind::call);
	pushing = true;
	size_t total = 0;
	bool any = false;
	while(head != nullptr && total < pushLimit && getAvailableWriteSize() > 0) {
		auto item = head;
		if(item->stream != nullptr && !withStreams) {
			pollSoon();
			break;
		}
		item->busy = true;
		int taken = pushItem(*item);
		bool done = scope.isCurrent() && isDone(*item, taken);
		item->busy = false;
		if(item->dropped) {
			destroy(item);
		} else if(done) {
			dropHead();
		}
		if(!scope.isCurrent()) {
			if(scope.isAlive()) {
				pushing = false;
			}
			return false;
		}
		if(taken > 0) {
			total += size_t(taken);
			any = true;
		} else if(!done) {
			break;
		}
	}
	if(any) {
		flush();
	}
	pushing = false;

	if(queued == 0 && !holdReceive) {
		resumeReceive();
	}
	return true;
}

/* True when all of an item was sent, of which the last call sent `taken`. A stream may end the connection here, too. */
bool TcpClient::isDone(Item& item, int taken)
{
	if(item.stream == nullptr) {
		return item.sent == item.length;
	}
	if(taken < 0) {
		return false;
	}
	Scope scope(*this, Scope::Kind::call);
	bool done = item.stream->isFinished();
	if(!scope.isCurrent()) {
		return false;
	}
	bool valid = !done || item.stream->isValid();
	if(!scope.isCurrent()) {
		return false;
	}
	if(!valid) {
		debug_e("TCP: a stream ended before its size");
		breakOff(Network::SocketError::other); // and leave it in the queue: nothing may follow
	}
	return done && valid;
}

void TcpClient::commit()
{
	if(isOpen()) {
		Scope scope(*this, Scope::Kind::call);
		onReadyToSendData(eTCE_Poll);
		if(scope.isCurrent()) {
			flush();
		}
	}
}

void TcpClient::onConnected()
{
	state = eTCS_Connected;
	TcpConnection::onConnected();
}

bool TcpClient::onReceive(char* data, size_t length)
{
	if(closeAfterSent == eTCCASS_AfterSent_Ignore_Received || !receive) {
		return true;
	}
	Scope scope(*this, Scope::Kind::call);
	auto function = receive; // the application may replace the delegate, or this object, while it runs
	bool accepted = function(*this, data, int(length));
	if(scope.isCurrent()) {
		pauseIfFull();
	}
	return accepted;
}

void TcpClient::onRemoteClosed()
{
	// TCP can be closed in one direction: what waits is still sent. After close_notify nothing is (RFC 5246 §7.2.1)
	if(head != nullptr && ssl == nullptr) {
		peerEnded = true;
		return;
	}
	TcpConnection::close();
}

void TcpClient::onReadyToSendData(TcpConnectionEvent sourceEvent)
{
	Scope scope(*this, Scope::Kind::call);
	if(ready) {
		auto function = ready;
		function(*this, sourceEvent);
		if(!scope.isCurrent()) {
			return;
		}
	}
	if(pushQueue(true) && isDone()) {
		TcpConnection::close();
	}
}

void TcpClient::onClosed()
{
	bool complete = !isFailed() && head == nullptr && state == eTCS_Connected;
	freeStreams();
	onFinished(complete ? eTCS_Successful : eTCS_Failed);
}

void TcpClient::onFinished(TcpClientState finishState)
{
	state = finishState;
	auto function = completed;
	function(*this, finishState == eTCS_Successful);
}
