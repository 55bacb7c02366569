#include "Script.h"
#include <cstring>

namespace Fuzz
{
namespace
{
constexpr size_t recordHeader = 5, messageHeader = 4, room = 600;
constexpr uint8_t alertType = 21, handshakeType = 22;

struct Place {
	uint8_t* record;
	size_t length;
	size_t where; ///< 0..length
	uint8_t value;
};

void setNumber(uint8_t* place, unsigned size, size_t value)
{
	for(unsigned i = size; i-- != 0; value >>= 8) {
		place[i] = uint8_t(value);
	}
}

size_t getNumber(const uint8_t* place)
{
	return size_t(place[0] << 8 | place[1]);
}

void fixRecord(Place& p)
{
	if(p.length >= recordHeader) {
		setNumber(p.record + 3, 2, p.length - recordHeader);
	}
}

/** For a message that is alone in its record. */
void fixMessage(Place& p)
{
	fixRecord(p);
	if(p.length >= recordHeader + messageHeader) {
		setNumber(p.record + recordHeader + 1, 3, p.length - recordHeader - messageHeader);
	}
}

bool insert(Place& p, size_t where, const uint8_t* data, size_t size)
{
	if(where > p.length || p.length + size + room > maxRecord) {
		return false;
	}
	memmove(p.record + where + size, p.record + where, p.length - where);
	memcpy(p.record + where, data, size);
	p.length += size;
	return true;
}

bool insertValues(Place& p, size_t front)
{
	uint8_t values[255];
	memset(values, p.value, sizeof(values));
	return insert(p, p.where < front ? front : p.where, values, p.value);
}

bool remove(Place& p, size_t front)
{
	const size_t where = p.where < front ? front : p.where;
	if(where + p.value > p.length) {
		return false;
	}
	memmove(p.record + where, p.record + where + p.value, p.length - where - p.value);
	p.length -= p.value;
	return true;
}

void injectRecord(Place& p, uint8_t type, const uint8_t* data, uint8_t size)
{
	uint8_t record[recordHeader + 16] = {type, 3, 3, 0, size};
	memcpy(record + recordHeader, data, size);
	insert(p, 0, record, recordHeader + size);
}

void injectMessage(Place& p)
{
	static const uint8_t types[] = {0, 1, 2, 4, 11, 12, 13, 14, 15, 16, 20, 22, 99};
	static const uint8_t contents[] = {handshakeType, handshakeType, handshakeType, 20, 23, 24, 0};
	const uint8_t body = p.value & 3, size = uint8_t(messageHeader + body);
	const uint8_t message[] = {types[p.where % sizeof(types)], 0, 0, body, 1, 0, 0};
	injectRecord(p, contents[(p.value >> 2) % sizeof(contents)], message, (p.value & 0x80) != 0 ? 1 : size);
}

/** Where the extensions' length is in a hello that is alone in its record; 0: there is none. */
size_t findExtensions(const Place& p)
{
	size_t at = recordHeader + messageHeader + 2 + 32;
	if(p.length <= at || p.record[0] != handshakeType || (p.record[recordHeader] != 1 && p.record[recordHeader] != 2)) {
		return 0;
	}
	at += 1u + p.record[at];
	if(p.record[recordHeader] == 2) {
		at += 3;
	} else {
		if(at + 2 > p.length) {
			return 0;
		}
		at += 2 + getNumber(p.record + at);
		if(at >= p.length) {
			return 0;
		}
		at += 1u + p.record[at];
	}
	return at + 2 <= p.length ? at : 0;
}

void addExtension(Place& p)
{
	// RFC 6066, 8422, 5246, 7301, 7366, 7627, 5077, 8449, 5746, 7685, 8446
	static const uint16_t types[] = {0, 1, 5, 10, 11, 13, 16, 21, 22, 23, 28, 35, 43, 51, 0xff01, 0x1234};
	static const struct {
		uint8_t size;
		uint8_t data[12];
	} bodies[] = {
		{0, {}},
		{1, {0}},
		{1, {1}},
		{1, {4}},
		{2, {0, 64}},
		{2, {64, 0}},
		{2, {1, 0}},
		{3, {2, 3, 4}},
		{4, {0, 2, 0, 23}},
		{4, {0, 2, 0, 29}},
		{6, {0, 4, 4, 3, 8, 4}},
		{6, {0, 4, 6, 1, 8, 6}},
		{5, {0, 3, 2, 'h', '2'}},
		{8, {0, 6, 0, 0, 3, 'a', '.', 'b'}},
		{8, {0, 6, 0, 0, 3, 'r', '.', 'b'}},
		{8, {0, 6, 0, 0, 3, 'x', '.', 'b'}},
		{5, {1, 1, 0, 0, 0}},
		{12, {11, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}},
	};
	const size_t at = findExtensions(p);
	if(at == 0) {
		return;
	}
	auto& body = bodies[p.value % (sizeof(bodies) / sizeof(*bodies))];
	uint8_t extension[4 + sizeof(body.data)];
	setNumber(extension, 2, types[p.where % (sizeof(types) / sizeof(*types))]);
	setNumber(extension + 2, 2, body.size);
	memcpy(extension + 4, body.data, body.size);
	// In front of all others or behind them
	const size_t end = at + 2 + getNumber(p.record + at);
	const size_t where = (p.value & 0x80) == 0 && end <= p.length ? end : at + 2;
	if(insert(p, where, extension, 4u + body.size)) {
		setNumber(p.record + at, 2, getNumber(p.record + at) + 4 + body.size);
		fixMessage(p);
	}
}

void setSuites(Place& p)
{
	static const uint16_t suites[] = {0x00ff, 0x5600, 0x1301, 0xc02b, 0xc02f, 0x009c, 0x002f,
									  0xc009, 0xc013, 0x003c, 0xcca8, 0xcca9, 0x0000, 0xc030};
	size_t at = recordHeader + messageHeader + 2 + 32;
	if(p.length > at && p.record[recordHeader] == 1) {
		at += 1u + p.record[at] + 2u + 2u * (p.where % 4);
		if(at + 2 <= p.length) {
			setNumber(p.record + at, 2, suites[p.value % (sizeof(suites) / sizeof(*suites))]);
		}
	}
}

void split(Place& p)
{
	uint8_t header[recordHeader];
	if(p.where > recordHeader && p.where < p.length) {
		memcpy(header, p.record, 3);
		setNumber(header + 3, 2, p.length - p.where);
		if(insert(p, p.where, header, sizeof(header))) {
			setNumber(p.record + 3, 2, p.where - recordHeader);
		}
	}
}

void change(Place& p, Change what)
{
	switch(what) {
	case Change::setByte:
		if(p.where < p.length) {
			p.record[p.where] = p.value;
		}
		break;
	case Change::flipBit:
		if(p.where < p.length) {
			p.record[p.where] ^= uint8_t(1 << (p.value & 7));
		}
		break;
	case Change::cut:
		if(p.where >= recordHeader) {
			p.length = p.where;
			fixRecord(p);
		}
		break;
	case Change::insert:
		if(insertValues(p, recordHeader)) {
			fixRecord(p);
		}
		break;
	case Change::remove:
		if(remove(p, recordHeader)) {
			fixRecord(p);
		}
		break;
	case Change::insertInMessage:
		if(insertValues(p, recordHeader + messageHeader)) {
			fixMessage(p);
		}
		break;
	case Change::removeFromMessage:
		if(remove(p, recordHeader + messageHeader)) {
			fixMessage(p);
		}
		break;
	case Change::messageLength:
		if(p.length >= recordHeader + messageHeader) {
			p.record[recordHeader + 3] = uint8_t(p.record[recordHeader + 3] + p.value);
		}
		break;
	case Change::messageType:
		if(p.length > recordHeader) {
			p.record[recordHeader] = p.value;
		}
		break;
	case Change::recordType:
		p.record[0] = uint8_t(20 + p.value % 5);
		break;
	case Change::recordVersion:
		p.record[1 + p.where % 2] = p.value;
		break;
	case Change::twice:
		insert(p, p.length, p.record, p.length);
		break;
	case Change::leaveOut:
		p.length = 0;
		break;
	case Change::split:
		split(p);
		break;
	case Change::injectAlert: {
		const uint8_t alert[] = {uint8_t(1 + p.where % 2), p.value};
		injectRecord(p, alertType, alert, sizeof(alert));
		break;
	}
	case Change::injectMessage:
		injectMessage(p);
		break;
	case Change::addExtension:
		addExtension(p);
		break;
	case Change::setSuites:
		setSuites(p);
		break;
	case Change::setNumber:
		if(p.where + 2 <= p.length) {
			setNumber(p.record + p.where, 2, p.value < 128 ? p.value : size_t(p.value & 15) << 10);
		}
		break;
	case Change::count:
		break;
	}
}

} // namespace

size_t Script::apply(uint8_t* record, size_t length)
{
	Place place{record, length, 0, 0};
	while(left >= changeSize && at[0] <= number) {
		// Changes of records that were there before have missed them
		if(at[0] == number && place.length >= recordHeader) {
			place.where = getNumber(at + 2) % (place.length + 1);
			place.value = at[4];
			change(place, Change(at[1] % unsigned(Change::count)));
		}
		at += changeSize;
		left -= changeSize;
	}
	++number;
	return place.length;
}

} // namespace Fuzz
