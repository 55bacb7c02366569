/* Clock of the serial line, watchdog, restart, MAC address. */
#include "hardware.h"
#include "registers.h"

#define BAUD 115200u

void hardware_start(void)
{
	WDT_CTL &= ~1u;
	UART_CLKDIV = CPU_MHZ * 1000000u / BAUD;
}

void hardware_feed_watchdog(void)
{
	WDT_FEED = WDT_FEED_KEY;
}

void hardware_restart(void)
{
	RTC_CTL |= RTC_RESET;
	for(;;) {
	}
}

uint32_t hardware_id(void)
{
	return EFUSE_MAC0 >> 24 | (EFUSE_MAC1 & 0xFFFFu) << 8;
}
