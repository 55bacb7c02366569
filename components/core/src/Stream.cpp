#include "Stream.h"
#include "PolledTimer.h"
#include "hal.h"
#include <cstdlib>

int Stream::timedRead()
{
	OneShotFastMs timer(receiveTimeout);
	int c;
	while((c = read()) < 0 && receiveTimeout != 0 && !timer.expired()) {
		hal_watchdog_feed();
	}
	return c;
}

int Stream::timedPeek()
{
	OneShotFastMs timer(receiveTimeout);
	int c;
	while((c = peek()) < 0 && receiveTimeout != 0 && !timer.expired()) {
		hal_watchdog_feed();
	}
	return c;
}

size_t Stream::readBytes(char* buffer, size_t length)
{
	size_t count = 0;
	int c;
	while(count < length && (c = timedRead()) >= 0) {
		buffer[count++] = char(c);
	}
	return count;
}

size_t Stream::readBytesUntil(char terminator, char* buffer, size_t length)
{
	size_t count = 0;
	int c;
	while(count < length && (c = timedRead()) >= 0 && char(c) != terminator) {
		buffer[count++] = char(c);
	}
	return count;
}

bool Stream::find(const char* target, size_t length)
{
	// `matched` characters of the target were just read. After a mismatch the longest beginning of the target
	// that ends in the input so far is looked for, so that "aab" is found in "aaab".
	size_t matched = 0;
	while(matched < length) {
		int c = timedRead();
		if(c < 0) {
			return false;
		}
		while(target[matched] != char(c)) {
			if(matched == 0) {
				break;
			}
			size_t shorter = matched - 1;
			while(shorter != 0 && memcmp(target, target + matched - shorter, shorter) != 0) {
				--shorter;
			}
			matched = shorter;
		}
		if(target[matched] == char(c)) {
			++matched;
		}
	}
	return true;
}

long Stream::parseInt()
{
	char text[24]; // 20 digits and a sign are more than a long takes
	size_t used = 0;
	int c;
	while((c = timedPeek()) >= 0) {
		bool digit = c >= '0' && c <= '9';
		if(digit || (c == '-' && used == 0)) {
			if(used < sizeof(text) - 1) {
				text[used++] = char(c);
			}
		} else if(used == 1 && text[0] == '-') {
			used = 0; // a dash that was no sign
		} else if(used != 0) {
			break;
		}
		read();
	}
	text[used] = '\0';
	return strtol(text, nullptr, 10);
}

float Stream::parseFloat()
{
	char text[40];
	size_t used = 0;
	bool point = false;
	int c;
	while((c = timedPeek()) >= 0) {
		bool part = (c >= '0' && c <= '9') || (c == '-' && used == 0) || (c == '.' && !point);
		if(part) {
			point = point || c == '.';
			if(used < sizeof(text) - 1) {
				text[used++] = char(c);
			}
		} else if(used != 0 && (text[used - 1] < '0' || text[used - 1] > '9') && used < 3) {
			used = 0; // "-", "." or "-." without a number
			point = false;
		} else if(used != 0) {
			break;
		}
		read();
	}
	text[used] = '\0';
	return float(strtod(text, nullptr));
}

String Stream::readString(size_t maxLen)
{
	String text;
	int c;
	while(text.length() < maxLen && (c = timedRead()) >= 0) {
		text += char(c);
		if(text.isFailed()) {
			break;
		}
	}
	return text;
}

String Stream::readStringUntil(char terminator)
{
	String text;
	int c;
	while((c = timedRead()) >= 0 && char(c) != terminator) {
		text += char(c);
		if(text.isFailed()) {
			break;
		}
	}
	return text;
}
