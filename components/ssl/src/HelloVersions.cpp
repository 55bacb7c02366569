#include "HelloVersions.h"
#include <algorithm>

namespace Ssl
{
namespace
{
constexpr uint8_t clientHello = 1;
constexpr uint16_t supportedVersions = 43;
constexpr uint32_t versionAndRandom = 2 + 32;

} // namespace

bool HelloVersions::feed(const uint8_t* data, size_t length)
{
	while(length != 0 && messageLeft != 0 && step != Step::done) {
		if(skipped != 0) {
			const size_t n = std::min<size_t>(std::min(skipped, messageLeft), length);
			skipped -= uint32_t(n);
			messageLeft -= uint32_t(n);
			data += n;
			length -= n;
			continue;
		}
		bytes[held++] = *data++;
		--length;
		--messageLeft;
		if(held == needed) {
			held = 0;
			if(!take()) {
				step = Step::done;
				return false;
			}
		}
	}
	return true;
}

void HelloVersions::nextExtension(uint32_t gap)
{
	next(left < 4 ? Step::done : Step::extension, 4, gap);
}

/* @return false when none of the versions is allowed */
bool HelloVersions::take()
{
	const auto number = uint16_t(bytes[0] << 8 | bytes[1]);
	switch(step) {
	case Step::message:
		messageLeft = uint32_t(bytes[1]) << 16 | uint32_t(bytes[2]) << 8 | bytes[3];
		next(bytes[0] == clientHello ? Step::sessionLength : Step::done, 1, versionAndRandom);
		break;
	case Step::sessionLength:
		next(Step::suitesLength, 2, bytes[0]);
		break;
	case Step::suitesLength:
		next(Step::compressionsLength, 1, number);
		break;
	case Step::compressionsLength:
		next(Step::extensionsLength, 2, bytes[0]);
		break;
	case Step::extensionsLength:
		left = number;
		nextExtension();
		break;
	case Step::extension: {
		const auto length = uint16_t(bytes[2] << 8 | bytes[3]);
		if(length > left - 4) {
			step = Step::done;
			break;
		}
		left = uint16_t(left - 4 - length);
		if(number == supportedVersions && length >= 3) {
			versions = uint16_t(length - 1);
			next(Step::versionsLength, 1);
		} else {
			nextExtension(length);
		}
		break;
	}
	case Step::versionsLength:
		next(bytes[0] == versions && versions % 2 == 0 ? Step::version : Step::done, 2);
		break;
	case Step::version:
		if(number >= lowest && number <= highest) {
			step = Step::done;
			break;
		}
		versions = uint16_t(versions - 2);
		return versions != 0;
	case Step::done:
		break;
	}
	return true;
}

} // namespace Ssl
