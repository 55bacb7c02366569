/*
 * TCP of the chips (components/network/src/tcp/lwip) on the host: owners that write, read in parts, close and abort
 * whenever they like, also while they are told of something, over a link that loses packets. Every owner checks what it
 * receives, also after it has closed; the sanitizers check the rest.
 *
 *     lwip_tcp SEED STEPS
 *     lwip_tcp deaf           a peer that never reads
 *     lwip_tcp short          no memory to send anything
 */
#include "tcp/lwip/LwipTcp.h"
#include "lwip_host.h"
#include <cstring>
#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/timeouts.h>

using Network::LwipTcp;
using Network::SocketError;
using Network::TcpSocket;

static bool isShort;
static bool isEmpty;

extern "C" {
/* Memory is short now and then: data has to wait, and lwIP gives up connections that wait for their end. */
void* hal_heap_allocate(size_t size)
{
	return isEmpty || (isShort && chance(50) == 0) ? nullptr : malloc(size);
}
void* chip_heap_take(size_t size)
{
	return isEmpty || (isShort && chance(200) == 0) ? nullptr : malloc(size);
}
}

void* Memory::allocate(size_t size, Tag) noexcept
{
	return malloc(size);
}
void Memory::release(void* block) noexcept
{
	free(block);
}

static constexpr unsigned maxOwners = 12;
static constexpr uint16_t port = 80;
static size_t totalReceived;
static unsigned wholeStreams;

class Owner;
static Owner* owners[maxOwners];

static Owner** freePlace()
{
	for(auto& place : owners) {
		if(place == nullptr) {
			return &place;
		}
	}
	return nullptr;
}

/* Byte n of every stream. */
static uint8_t byteAt(size_t n)
{
	return uint8_t(n * 7 + n / 256);
}

class Owner : public Network::TcpSocketEvents
{
public:
	Owner(TcpSocket* socket, bool open) : socket(socket), open(open)
	{
		socket->setEvents(this);
	}
	virtual ~Owner() = default;

	void onSocketConnected() override
	{
		open = true;
		act(true);
	}
	size_t onSocketReceived(uint8_t* data, size_t length) override
	{
		auto before = received;
		bool alive = act(true);
		for(size_t i = 0; i < length; ++i) {
			check(data[i] == byteAt(before + i), "other bytes than were sent");
		}
		if(!alive) {
			return length;
		}
		size_t taken = chance(4) == 0 ? chance(unsigned(length) + 1) : length;
		received += taken;
		totalReceived += taken;
		return taken;
	}
	void onSocketEnd() override
	{
		wholeStreams += received > 0;
		finish(chance(4) == 0);
	}
	void onSocketSent() override
	{
		if(act(true)) {
			write();
		}
	}
	void onSocketError(SocketError) override
	{
		finish(true);
	}
	void onSocketAccepted(TcpSocket* accepted) override
	{
		auto place = freePlace();
		if(place == nullptr || chance(10) == 0) {
			accepted->abort();
			return;
		}
		*place = new Owner(accepted, true);
	}

	void write()
	{
		uint8_t data[3000];
		size_t length = chance(sizeof(data)) + 1;
		for(size_t i = 0; i < length; ++i) {
			data[i] = byteAt(sent + i);
		}
		int taken = open ? socket->write(data, length, chance(3) == 0) : 0;
		check(taken <= int(length), "took more than there was");
		sent += taken > 0 ? size_t(taken) : 0;
	}

	/* Do something. @return false when this is over */
	bool act(bool within)
	{
		switch(chance(within ? 40 : 12)) {
		case 0:
			finish(chance(3) == 0);
			return false;
		case 1:
		case 2:
			socket->resume();
			return true;
		case 3:
			socket->flush();
			return true;
		case 4:
		case 5:
		case 6:
			write();
			return true;
		default:
			return true;
		}
	}

	void finish(bool abortive)
	{
		if(abortive) {
			socket->abort();
		} else {
			socket->close();
		}
		socket = nullptr;
		for(auto& place : owners) {
			if(place == this) {
				place = nullptr;
			}
		}
		delete this;
	}

	TcpSocket* socket;

private:
	size_t sent = 0;
	size_t received = 0;
	bool open;
};

/* Takes nothing, and sends nothing. */
class Deaf : public Owner
{
public:
	using Owner::Owner;
	void onSocketConnected() override
	{
	}
	size_t onSocketReceived(uint8_t*, size_t) override
	{
		return 0;
	}
	void onSocketEnd() override
	{
	}
	void onSocketSent() override
	{
	}
};

/* The link: packets that are on their way back to ourselves. */
static constexpr unsigned maxPackets = 64;
static pbuf* packets[maxPackets];
static unsigned packetCount;
static netif line;

static err_t transmit(netif*, pbuf* chain, const ip4_addr_t*)
{
	auto copy = (isShort && chance(40) == 0) || packetCount == maxPackets ? nullptr : pbuf_clone(PBUF_RAW, PBUF_RAM, chain);
	if(copy != nullptr) {
		packets[packetCount++] = copy;
	}
	return ERR_OK;
}

static err_t begin(netif* added)
{
	added->mtu = TCP_MSS + 40;
	added->output = transmit;
	return ERR_OK;
}

static void turn()
{
	pbuf* arriving[maxPackets];
	auto count = packetCount;
	memcpy(arriving, packets, sizeof(packets));
	packetCount = 0;
	for(unsigned i = 0; i < count; ++i) {
		if(line.input(arriving[i], &line) != ERR_OK) {
			pbuf_free(arriving[i]);
		}
	}
	sys_check_timeouts();
	LwipTcp::deliver();
}

/* What was written for a peer that never reads does not stay for ever. */
static void runDeaf()
{
	class Server : public Deaf
	{
	public:
		using Deaf::Deaf;
		void onSocketAccepted(TcpSocket* accepted) override
		{
			*freePlace() = new Deaf(accepted, true);
		}
	};
	auto listener = TcpSocket::create();
	check(listener->listen(port) == SocketError::none, "listen");
	auto server = new Server(listener, false);
	auto client = new Deaf(TcpSocket::create(), false);
	check(client->socket->connect(IpAddress(uint32_t(line.ip_addr.addr)), port) == SocketError::none, "connect");
	uint8_t data[1000] = {};
	for(unsigned i = 0; i < 500; ++i) {
		clockUs += 20000;
		turn();
		if(owners[0] != nullptr) {
			owners[0]->socket->write(data, sizeof(data), false);
		}
	}
	check(owners[0] != nullptr && owners[0]->socket->getWriteSpace() < sizeof(data), "the window is not full");
	owners[0]->finish(false);
	for(unsigned i = 0; i < 600; ++i) {
		clockUs += 100000;
		turn();
	}
	check(tcp_active_pcbs == nullptr || tcp_active_pcbs->next == nullptr, "data for a peer that does not read is kept");
	client->finish(true);
	server->finish(true);
	printf("given up\n");
}

/* Who has no memory to send sleeps until there is some, and goes on then. */
static void runShort()
{
	class Sender : public Deaf
	{
	public:
		using Deaf::Deaf;
		void onSocketConnected() override
		{
			connected = true;
		}
		size_t onSocketReceived(uint8_t*, size_t length) override
		{
			received += length;
			return length;
		}
		void onSocketSent() override
		{
			++asked;
		}
		bool connected = false;
		unsigned asked = 0;
		size_t received = 0;
	};
	class Server : public Deaf
	{
	public:
		using Deaf::Deaf;
		void onSocketAccepted(TcpSocket* accepted) override
		{
			*freePlace() = new Sender(accepted, true);
		}
	};
	auto listener = TcpSocket::create();
	check(listener->listen(port) == SocketError::none, "listen");
	auto server = new Server(listener, false);
	auto client = new Sender(TcpSocket::create(), false);
	check(client->socket->connect(IpAddress(uint32_t(line.ip_addr.addr)), port) == SocketError::none, "connect");
	for(unsigned i = 0; i < 20; ++i) {
		clockUs += 20000;
		turn();
	}
	auto peer = static_cast<Sender*>(owners[0]);
	check(client->connected && peer != nullptr, "not connected");

	uint8_t data[1000] = {};
	isEmpty = true;
	unsigned busy = 0;
	check(client->socket->write(data, sizeof(data), false) == 0, "sent without memory");
	for(unsigned i = 0; i < 50; ++i) {
		clockUs += 100000;
		sys_check_timeouts();
		for(unsigned again = 0; again < 20; ++again) {
			auto asked = client->asked;
			busy += LwipTcp::deliver();
			if(client->asked != asked) {
				check(client->socket->write(data, sizeof(data), false) == 0, "sent without memory");
			}
		}
	}
	check(busy < 20, "does not sleep while memory is short");
	check(client->asked > 2 && client->asked < 20, "is not asked now and then");
	isEmpty = false;
	auto asked = client->asked;
	for(unsigned i = 0; i < 10; ++i) {
		clockUs += 100000;
		turn();
	}
	check(client->asked > asked, "does not learn that there is memory");
	check(client->socket->write(data, sizeof(data), false) == int(sizeof(data)), "cannot send");

	for(unsigned i = 0; i < 10; ++i) {
		clockUs += 100000;
		turn();
	}
	check(peer->received == sizeof(data), "not received");
	peer->finish(true);
	client->finish(true);
	server->finish(true);
	printf("patient\n");
}

static void runAll(unsigned long steps)
{
	auto listener = TcpSocket::create();
	check(listener->listen(port) == SocketError::none, "listen");
	auto server = new Owner(listener, false);
	isShort = true;
	for(unsigned long i = 0; i < steps; ++i) {
		auto place = chance(8) == 0 ? freePlace() : nullptr;
		if(place != nullptr) {
			auto client = new Owner(TcpSocket::create(), false);
			*place = client;
			auto to = uint16_t(chance(10) == 0 ? port + 1 : port);
			if(client->socket->connect(IpAddress(uint32_t(line.ip_addr.addr)), to) != SocketError::none) {
				client->finish(true);
			}
		}
		auto owner = owners[chance(maxOwners)];
		if(owner != nullptr) {
			owner->act(false);
		}
		clockUs += chance(20) == 0 ? 300000 : chance(5000);
		turn();
	}
	// Those that wait in the backlog are let go of with their listener
	server->finish(false);
	for(auto owner : owners) {
		if(owner != nullptr) {
			owner->finish(chance(2) == 0);
		}
	}
	isShort = false;
	for(unsigned i = 0; i < 2000; ++i) {
		clockUs += 100000;
		turn();
	}
	check(tcp_active_pcbs == nullptr && tcp_tw_pcbs == nullptr && packetCount == 0, "connections are left");
	printf("%zu bytes, %u streams to their end\n", totalReceived, wholeStreams);
}

int main(int, char** arguments)
{
	state = strtoull(arguments[1], nullptr, 10);
	lwip_init();
	ip4_addr_t own = {0x0F02000A};
	ip4_addr_t mask = {0x00FFFFFF};
	ip4_addr_t gateway = {0x0202000A};
	netif_add(&line, &own, &mask, &gateway, nullptr, begin, netif_input);
	netif_set_default(&line);
	netif_set_link_up(&line);
	netif_set_up(&line);
	if(strcmp(arguments[1], "deaf") == 0) {
		runDeaf();
	} else if(strcmp(arguments[1], "short") == 0) {
		runShort();
	} else {
		runAll(strtoul(arguments[2], nullptr, 10));
	}
	return 0;
}
