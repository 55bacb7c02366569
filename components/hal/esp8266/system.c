/* Time, serial line, watchdog, restart: the chip's own, or QEMU's, see emulator.h. */
#include <stddef.h>

#include "../core/lx106/core.h"
#include "../core/lx106/emulator.h"
#include "hal.h"
#include "hal_chip.h"
#include "registers.h"

/* As the ROM starts the chip: the PLL at 80 MHz for the core when an image was loaded from flash */
#define CPU_MHZ 80u
#define BAUD 115200u

static struct emulator_note* note;

uint64_t hal_time_us(void)
{
	if(note != NULL) {
		return emulator_time_us(note);
	}
	static uint32_t last, rest;
	static uint64_t total;
	uint32_t now = chip_cycles();
	rest += now - last;
	last = now;
	uint32_t us = rest / CPU_MHZ;
	rest -= us * CPU_MHZ;
	total += us;
	return total;
}

void chip_start(void)
{
	note = emulator_note();
	if(note == NULL) {
		WDT_CTL &= ~1u;
		UART0_CLKDIV = CPU_MHZ * 1000000u / BAUD;
	}
}

void chip_serial_write(const uint8_t* data, size_t length)
{
	if(note != NULL) {
		emulator_write(data, length);
		return;
	}
	for(size_t i = 0; i < length;) {
		unsigned queued = UART_TX_COUNT(UART0_STATUS);
		for(; queued < UART_TX_ROOM && i < length; ++queued) {
			UART0_FIFO = data[i++];
		}
	}
}

size_t chip_serial_read(uint8_t* data, size_t length)
{
	if(note != NULL) {
		return emulator_read(data, length);
	}
	size_t count = UART_RX_COUNT(UART0_STATUS);
	if(count > length) {
		count = length;
	}
	for(size_t i = 0; i < count; ++i) {
		data[i] = (uint8_t)UART0_FIFO;
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
	while(UART_RX_COUNT(UART0_STATUS) == 0 && hal_time_us() < end) {
	}
}

/*
 * The chip's random register is not documented to be more than a mix of clocks. Without a seed of the device's own
 * there is nothing to rely on, so a real chip has no entropy here, and TLS is refused.
 */
bool chip_entropy(uint8_t* data, size_t length)
{
	return note != NULL && emulator_noise(note, data, length);
}

void hal_watchdog_feed(void)
{
	if(note == NULL) {
		WDT_FEED = WDT_FEED_KEY;
	}
}

void hal_restart(void)
{
	if(note != NULL) {
		emulator_exit(1);
	}
	RTC_CTL |= RTC_RESET;
	for(;;) {
	}
}

uint32_t hal_chip_id(void)
{
	return note != NULL ? 0 : EFUSE_MAC0 >> 24 | (EFUSE_MAC1 & 0xFFFFu) << 8;
}

uint32_t hal_cpu_frequency_get(void)
{
	return CPU_MHZ;
}

bool hal_cpu_frequency_set(uint32_t mhz)
{
	return mhz == CPU_MHZ;
}
