/* ESP32, S2, S3, as far as code with the call0 ABI for the smaller core can have them. */
#include "hardware.h"
#include "registers.h"
#include "watchdog.h"

void hardware_start(void)
{
	esp32_stop_watchdogs();
}

/* They are off */
void hardware_feed_watchdog(void)
{
}

void hardware_restart(void)
{
	RTC_OPTIONS0 |= RTC_SW_SYS_RST;
	for(;;) {
	}
}

uint32_t hardware_id(void)
{
	return EFUSE_MAC_LOW;
}
