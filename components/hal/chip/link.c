/* The serial line: packets and text in frames, see hal_chip.h. */
#include "hal.h"
#include "hal_chip.h"
#include <string.h>

/* RFC 1055 */
enum { END = 0xC0, ESC = 0xDB, ESC_END = 0xDC, ESC_ESC = 0xDD };

/* First byte of a frame: text as in slipmux, or a word between device and bridge */
enum { TEXT = 0x0A, BRIDGE = 0x0B };

/* Sending */

static uint8_t out[64];
static size_t out_length;

/* Text that waits for the end of its line */
static char line[96];
static size_t line_length;
static bool in_packet;

static void put(uint8_t byte)
{
	if(out_length == sizeof(out)) {
		chip_serial_write(out, out_length);
		out_length = 0;
	}
	out[out_length++] = byte;
}

static void put_escaped(const uint8_t* data, size_t length)
{
	for(size_t i = 0; i < length; ++i) {
		if(data[i] == END) {
			put(ESC);
			put(ESC_END);
		} else if(data[i] == ESC) {
			put(ESC);
			put(ESC_ESC);
		} else {
			put(data[i]);
		}
	}
}

static void finish(void)
{
	put(END);
	chip_serial_write(out, out_length);
	out_length = 0;
}

static void send_frame(uint8_t type, const char* text, size_t length)
{
	/* An END in front, too: what noise has left before does not become part of the frame (RFC 1055) */
	put(END);
	put(type);
	put_escaped((const uint8_t*)text, length);
	finish();
}

static void flush_text(void)
{
	if(line_length != 0 && !in_packet) {
		send_frame(TEXT, line, line_length);
		line_length = 0;
	}
}

void hal_link_ask_time(void)
{
	static const char question[] = "time?";
	send_frame(BRIDGE, question, sizeof(question) - 1);
}

void hal_console_write(const void* data, size_t length)
{
	const char* text = data;
	for(size_t i = 0; i < length; ++i) {
		if(line_length == sizeof(line)) {
			flush_text();
			if(line_length == sizeof(line)) {
				return; /* in the middle of a packet: only the tail is lost */
			}
		}
		line[line_length++] = text[i];
		if(text[i] == '\n') {
			flush_text();
		}
	}
}

void hal_link_begin(void)
{
	flush_text();
	in_packet = true;
	put(END);
}

void hal_link_send(const void* data, size_t length)
{
	put_escaped(data, length);
}

void hal_link_end(void)
{
	finish();
	in_packet = false;
	flush_text();
}

void hal_link_abandon(void)
{
	if(in_packet) {
		hal_link_end();
	}
}

/* Receiving */

static const struct hal_link_receiver* receiver;
static enum { start, packet, text, bridge, ignored } kind;
static bool escaped;

/* Console input that waits to be read; more than fits is lost */
static char typed[64];
static unsigned typed_first, typed_count;

/* What the bridge says */
static char word[32];
static unsigned word_length;

void hal_link_set_receiver(const struct hal_link_receiver* new_receiver)
{
	receiver = new_receiver;
}

static void take_word(void)
{
	static const char answer[] = "time=";
	const unsigned name = sizeof(answer) - 1;
	if(word_length <= name || word_length == sizeof(word) || memcmp(word, answer, name) != 0) {
		return;
	}
	int64_t seconds = 0;
	for(unsigned i = name; i < word_length; ++i) {
		if(word[i] < '0' || word[i] > '9' || seconds > INT64_MAX / 100) {
			return;
		}
		seconds = seconds * 10 + (word[i] - '0');
	}
	hal_wall_clock_set(seconds);
}

static void take(const uint8_t* data, size_t length)
{
	if(length == 0) {
		return;
	}
	if(kind == start) {
		uint8_t first = data[0];
		if(first == TEXT || first == BRIDGE) {
			kind = first == TEXT ? text : bridge;
			word_length = 0;
			++data;
			--length;
		} else {
			kind = (first >= 0x45 && first <= 0x4F && receiver != NULL) ? packet : ignored;
		}
	}
	if(kind == packet) {
		receiver->data(data, length);
	} else if(kind == text) {
		for(size_t i = 0; i < length && typed_count < sizeof(typed); ++i) {
			typed[(typed_first + typed_count++) % sizeof(typed)] = (char)data[i];
		}
	} else if(kind == bridge) {
		for(size_t i = 0; i < length && word_length < sizeof(word); ++i) {
			word[word_length++] = (char)data[i];
		}
	}
}

static void take_raw(const uint8_t* data, size_t length)
{
	size_t from = 0;
	for(size_t i = 0; i < length; ++i) {
		uint8_t byte = data[i];
		if(escaped && byte != END) { /* a frame that was cut off after ESC ends all the same, and not in the next one */
			escaped = false;
			uint8_t plain = byte == ESC_END ? END : byte == ESC_ESC ? ESC : byte;
			take(&plain, 1);
			from = i + 1;
		} else if(byte == ESC || byte == END) {
			take(data + from, i - from);
			from = i + 1;
			escaped = byte == ESC;
			if(byte == END) {
				if(kind == packet) {
					receiver->end();
				} else if(kind == bridge) {
					take_word();
				}
				kind = start;
			}
		}
	}
	take(data + from, length - from);
}

void hal_link_poll(void)
{
	uint8_t data[128];
	size_t length;
	/* Bounded: a line that is never silent must not keep the main loop */
	for(unsigned turn = 0; turn < 32 && (length = chip_serial_read(data, sizeof(data))) != 0; ++turn) {
		take_raw(data, length);
	}
}

size_t hal_console_read(void* data, size_t length)
{
	char* to = data;
	size_t count = 0;
	while(count < length && typed_count != 0) {
		to[count++] = typed[typed_first];
		typed_first = (typed_first + 1) % sizeof(typed);
		--typed_count;
	}
	return count;
}

static uint64_t slept_us;

uint64_t chip_busy_us(void)
{
	return hal_time_us() - slept_us;
}

void hal_idle(uint32_t max_us)
{
	chip_check_stack();
	flush_text();
	if(max_us != 0) {
		uint64_t from = hal_time_us();
		chip_sleep(max_us);
		slept_us += hal_time_us() - from;
	}
	hal_link_poll();
	hal_watchdog_feed();
}
