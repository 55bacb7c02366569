/*
 * Names on the chips (components/network/src/dns/LwipResolver.cpp) on the host: a name server that does not answer, lookups
 * that are cancelled, and answers that are damaged.
 *
 *     lwip_dns SEED
 */
#include "dns/LwipResolver.h"
#include "lwip_host.h"
#include <Memory.h>
#include <Network/NameLookup.h>
#include <cstring>
#include <lwip/dns.h>
#include <lwip/inet_chksum.h>
#include <lwip/init.h>
#include <lwip/ip4.h>
#include <lwip/netif.h>
#include <lwip/prot/ip4.h>
#include <lwip/timeouts.h>
#include <lwip/udp.h>

using Network::NameLookup;

extern "C" {
void* hal_heap_allocate(size_t size)
{
	return malloc(size);
}
void* chip_heap_take(size_t size)
{
	return malloc(size);
}
size_t hal_heap_free(void)
{
	return 100000;
}
}

/* The last query that went out, as UDP carries it. */
static uint8_t query[600];
static size_t queryLength;
static uint16_t queryPort;
static unsigned queries;
static netif line;

constexpr unsigned headers = 20 + 8;
constexpr uint32_t ownAddress = 0x0F02000A;
constexpr uint32_t serverAddress = 0x0302000A;
constexpr uint32_t rightAddress = 0x01020304;

static err_t transmit(netif*, pbuf* chain, const ip4_addr_t*)
{
	uint8_t packet[sizeof(query) + headers];
	auto length = pbuf_copy_partial(chain, packet, sizeof(packet), 0);
	queryLength = length - headers;
	queryPort = uint16_t(packet[20] << 8 | packet[21]);
	memcpy(query, packet + headers, queryLength);
	++queries;
	return ERR_OK;
}

static err_t begin(netif* added)
{
	added->mtu = 1500;
	added->output = transmit;
	return ERR_OK;
}

static void wait(unsigned seconds)
{
	for(unsigned i = 0; i < seconds * 4; ++i) {
		clockUs += 250000;
		sys_check_timeouts();
		Network::Resolver::deliver();
	}
}

/* What the name server says. */
static void arrive(const uint8_t* data, size_t length)
{
	uint8_t packet[1000] = {0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17};
	auto total = uint16_t(headers + length);
	packet[2] = uint8_t(total >> 8);
	packet[3] = uint8_t(total);
	memcpy(packet + 12, &serverAddress, 4);
	memcpy(packet + 16, &ownAddress, 4);
	auto sum = inet_chksum(packet, 20);
	memcpy(packet + 10, &sum, 2);
	packet[21] = 53;
	packet[22] = uint8_t(queryPort >> 8);
	packet[23] = uint8_t(queryPort);
	packet[24] = uint8_t((8 + length) >> 8);
	packet[25] = uint8_t(8 + length); // no checksum
	memcpy(packet + headers, data, length);
	auto chain = pbuf_alloc(PBUF_RAW, total, PBUF_RAM);
	pbuf_take(chain, packet, total);
	if(line.input(chain, &line) != ERR_OK) {
		pbuf_free(chain);
	}
	Network::Resolver::deliver();
}

/* The answer to the last query. @return its length */
static size_t makeAnswer(uint8_t (&answer)[800])
{
	memcpy(answer, query, queryLength);
	answer[2] = 0x81;
	answer[3] = 0x80;
	answer[7] = 1;
	const uint8_t record[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4};
	memcpy(answer + queryLength, record, sizeof(record));
	memcpy(answer + queryLength + sizeof(record), &rightAddress, 4);
	return queryLength + sizeof(record) + 4;
}

struct Asker {
	NameLookup lookup;
	IpAddress address;
	unsigned answers = 0;

	NameLookup::Result ask(const char* name)
	{
		return lookup.start(name, 80, NameLookup::Callback(&Asker::onAnswer, this));
	}
	void onAnswer(IpAddress found, uint16_t)
	{
		address = found;
		++answers;
	}
};

/* Who gives up does not keep others from asking. */
static void testCancelled()
{
	char name[] = "host-0.example.org";
	for(unsigned round = 0; round < 10; ++round) {
		Asker gone;
		name[5] = char('0' + round);
		check(gone.ask(name) == NameLookup::Result::pending, "refused because of lookups that nobody waits for");
	}
	check(queries == DNS_TABLE_SIZE, "lwIP was asked for more than it takes");
	Asker asker;
	check(asker.ask("wanted.example.org") == NameLookup::Result::pending, "refused");
	queries = 0;
	for(unsigned i = 0; i < 30 && memcmp(query + 13, "wanted", 6) != 0; ++i) {
		wait(1);
	}
	check(memcmp(query + 13, "wanted", 6) == 0, "never asked for");
	uint8_t answer[800];
	arrive(answer, makeAnswer(answer));
	check(asker.answers == 1 && uint32_t(asker.address) == rightAddress, "no answer");
	wait(30);
}

/* One query is enough for all who want the same name, also for those who come back to it. */
static void testSameName()
{
	queries = 0;
	for(unsigned i = 0; i < 20; ++i) {
		Asker gone;
		check(gone.ask("same.example.org") == NameLookup::Result::pending, "refused");
	}
	Asker askers[3];
	for(auto& asker : askers) {
		check(asker.ask("SAME.example.org") == NameLookup::Result::pending, "refused");
	}
	check(queries == 1, "asked more than once");
	uint8_t answer[800];
	arrive(answer, makeAnswer(answer));
	for(auto& asker : askers) {
		check(asker.answers == 1 && uint32_t(asker.address) == rightAddress, "no answer");
	}
	wait(5);
}

/* All wait for ever, and as many as there are slots; then they learn that there is no answer. */
static void testNoServer()
{
	Asker askers[40];
	unsigned pending = 0;
	char name[] = "wait-00.example.org";
	for(auto& asker : askers) {
		name[5] = char('0' + pending / 10);
		name[6] = char('0' + pending % 10);
		if(asker.ask(name) != NameLookup::Result::pending) {
			break;
		}
		++pending;
	}
	check(pending == 3 * DNS_TABLE_SIZE, "as many lookups as there are slots");
	wait(60);
	for(unsigned i = 0; i < pending; ++i) {
		check(askers[i].answers == 1 && askers[i].address.isNull(), "not told that there is no answer");
	}
	check(askers[39].ask("one-more.example.org") == NameLookup::Result::pending, "refused");
	askers[39].lookup.cancel();
	wait(30);
}

/* Answers with wrong bytes and of any length are refused or say what they say; then comes the right one. */
static void testDamaged()
{
	for(unsigned i = 0; i < 3000; ++i) {
		Asker asker;
		char name[40];
		snprintf(name, sizeof(name), "damaged-%u.example.org", i); // one with a long life would be remembered
		check(asker.ask(name) == NameLookup::Result::pending, "refused");
		uint8_t answer[800];
		auto length = makeAnswer(answer);
		uint8_t copy[800];
		memcpy(copy, answer, sizeof(copy));
		for(unsigned changes = chance(4) + 1; changes > 0; --changes) {
			copy[chance(unsigned(length))] = uint8_t(chance(3) == 0 ? 0xc0 : chance(256));
		}
		arrive(copy, chance(2) == 0 ? length : chance(unsigned(length) + 1));
		arrive(answer, length);
		check(asker.answers == 1, "not one answer");
		wait(2);
	}
}

int main(int, char** arguments)
{
	state = strtoull(arguments[1], nullptr, 10);
	lwip_init();
	ip4_addr_t own = {ownAddress};
	ip4_addr_t mask = {0x00FFFFFF};
	ip4_addr_t gateway = {0x0202000A};
	netif_add(&line, &own, &mask, &gateway, nullptr, begin, netif_input);
	netif_set_default(&line);
	netif_set_link_up(&line);
	netif_set_up(&line);
	ip_addr_t server = {serverAddress};
	dns_setserver(0, &server);
	testCancelled();
	testSameName();
	testNoServer();
	testDamaged();
	printf("done\n");
	return 0;
}
