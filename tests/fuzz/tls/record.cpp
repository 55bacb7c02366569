#include "../common/Expect.h"
#include "Pump.h"
#include <cstdio>
#include <vector>

namespace Fuzz
{
namespace
{
std::vector<uint8_t> sent;

void keep(const uint8_t* data, size_t length)
{
	sent.insert(sent.end(), data, data + length);
}

bool readFrame(std::vector<uint8_t>& frame)
{
	uint8_t header[4];
	if(fread(header, 1, sizeof(header), stdin) != sizeof(header)) {
		return false;
	}
	frame.resize(size_t(header[0]) << 24 | header[1] << 16 | header[2] << 8 | header[3]);
	return frame.empty() || fread(frame.data(), 1, frame.size(), stdin) == frame.size();
}

void answer(const Pump& pump)
{
	size_t length = sent.size() + 1;
	const uint8_t header[] = {uint8_t(length >> 24), uint8_t(length >> 16), uint8_t(length >> 8), uint8_t(length),
							  uint8_t(pump.session.getState())};
	fwrite(header, 1, sizeof(header), stdout);
	if(!sent.empty()) {
		fwrite(sent.data(), 1, sent.size(), stdout);
	}
	fflush(stdout);
	sent.clear();
}

} // namespace

int record(Ssl::Role role)
{
	std::vector<uint8_t> header, frame;
	if(!readFrame(header)) {
		return 1;
	}
	TlsInput input(header.data(), header.size());
	Connections connections(role, input);
	Pump* pump = nullptr;
	do {
		if(pump == nullptr || frame.empty()) {
			if(pump != nullptr) {
				pump->end();
				sent.clear();
			}
			pump = connections.next(keep);
			if(pump == nullptr) {
				return 1;
			}
			pump->start();
		} else {
			pump->feed({frame.data(), frame.size()});
		}
		answer(*pump);
	} while(readFrame(frame));
	pump->end();
	return 0;
}

} // namespace Fuzz
