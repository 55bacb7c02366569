/* Time, serial line, restart: the chip's own, or QEMU's, see emulator.h. */
#include <stddef.h>

#include "core.h"
#include "emulator.h"
#include "hal.h"
#include "hal_chip.h"
#include "hardware.h"
#include "registers.h"

/* What a full transmitter takes at 115200 bit/s, and more; and the byte behind it */
#define LAST_WORDS_US 20000u
#define BYTE_US 200u

static struct emulator_note* note;

uint64_t hal_time_us(void)
{
	if(note != NULL) {
		return emulator_time_us(note);
	}
	static uint32_t last, rest;
	static uint64_t total;
	uint32_t now = chip_cycles();
	uint32_t passed = now - last;
	last = now;
	uint32_t us = passed / CPU_MHZ;
	rest += passed - us * CPU_MHZ;
	if(rest >= CPU_MHZ) {
		rest -= CPU_MHZ;
		++us;
	}
	total += us;
	return total;
}

void chip_start(void)
{
	note = emulator_note();
	if(note == NULL) {
		hardware_start();
	}
}

void chip_serial_write(const uint8_t* data, size_t length)
{
	if(note != NULL) {
		emulator_write(data, length);
		return;
	}
	for(size_t i = 0; i < length;) {
		unsigned queued = UART_TX_COUNT(UART_STATUS);
		for(; queued < UART_TX_ROOM && i < length; ++queued) {
			UART_FIFO = data[i++];
		}
	}
}

size_t chip_serial_read(uint8_t* data, size_t length)
{
	if(note != NULL) {
		return emulator_read(data, length);
	}
	size_t count = UART_RX_COUNT(UART_STATUS);
	if(count > length) {
		count = length;
	}
	for(size_t i = 0; i < count; ++i) {
		data[i] = (uint8_t)UART_FIFO;
	}
	return count;
}

void chip_sleep(uint32_t us)
{
	if(note != NULL) {
		emulator_sleep(note, us);
		return;
	}
	uint64_t end = hal_time_us() + us;
	while(UART_RX_COUNT(UART_STATUS) == 0 && hal_time_us() < end) {
	}
}

/* Who runs a program in an emulator feeds it; the ESP8266 takes that as noise beside its seed. */
bool chip_entropy(uint8_t* data, size_t length)
{
#ifndef ARCH_ESP8266
	if(note != NULL) {
		return emulator_noise(note, data, length);
	}
#endif
	return hardware_entropy(data, length);
}

void hal_watchdog_feed(void)
{
	if(note == NULL) {
		hardware_feed_watchdog();
	}
}

void hal_restart(void)
{
	if(note != NULL) {
		emulator_exit(1);
	}
	/* The last of a panic is still in the transmitter, and would be lost; bounded, should its clock be wrong */
	for(uint64_t end = hal_time_us() + LAST_WORDS_US; UART_TX_COUNT(UART_STATUS) != 0 && hal_time_us() < end;) {
	}
	for(uint64_t end = hal_time_us() + BYTE_US; hal_time_us() < end;) {
	}
	hardware_restart();
}

uint32_t hal_chip_id(void)
{
	return note != NULL ? 0 : hardware_id();
}

uint32_t hal_cpu_frequency_get(void)
{
	return CPU_MHZ;
}

bool hal_cpu_frequency_set(uint32_t mhz)
{
	return mhz == CPU_MHZ;
}
