/*
 * The serial line of a chip (components/hal/chip/link.c) on the host: frames in pieces of any size, whole and broken.
 * A line of input is a piece that arrives, in hex; what the receiver is told goes to the output, a line for each frame.
 */
#include "hal.h"
#include "hal_chip.h"
#include <stdio.h>
#include <string.h>

static unsigned char piece[4096];
static size_t piece_length, piece_used;

size_t chip_serial_read(uint8_t* data, size_t length)
{
	size_t left = piece_length - piece_used;
	size_t count = left < length ? left : length;
	memcpy(data, piece + piece_used, count);
	piece_used += count;
	return count;
}

void chip_serial_write(const uint8_t* data, size_t length)
{
	(void)data;
	(void)length;
}

void chip_sleep(uint32_t max_us)
{
	(void)max_us;
}

void chip_check_stack(void)
{
}

uint64_t hal_time_us(void)
{
	return 0;
}

void hal_watchdog_feed(void)
{
}

void hal_wall_clock_set(int64_t seconds)
{
	printf("time %lld\n", (long long)seconds);
}

static bool in_frame;

static void on_data(const uint8_t* data, size_t length)
{
	if(!in_frame) {
		printf("packet ");
		in_frame = true;
	}
	for(size_t i = 0; i < length; ++i) {
		printf("%02x", data[i]);
	}
}

static void on_end(void)
{
	printf("\n");
	in_frame = false;
}

int main(void)
{
	static const struct hal_link_receiver receiver = {on_data, on_end};
	static char text[2 * sizeof(piece) + 2];
	hal_link_set_receiver(&receiver);
	while(fgets(text, sizeof(text), stdin) != NULL) {
		unsigned byte;
		piece_used = 0;
		for(piece_length = 0; sscanf(text + 2 * piece_length, "%2x", &byte) == 1; ++piece_length) {
			piece[piece_length] = (unsigned char)byte;
		}
		hal_idle(0);
		char typed[16];
		size_t count;
		while((count = hal_console_read(typed, sizeof(typed))) != 0) {
			printf("text %.*s\n", (int)count, typed);
		}
	}
	return 0;
}
