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

/*
 * Without Wi-Fi the generator needs a noise source (SAR ADC) that many registers switch on; nobody has tried that with
 * this code. So a real chip has no entropy here, and TLS is refused.
 */
bool hardware_entropy(uint8_t* data, size_t length)
{
	(void)data;
	(void)length;
	return false;
}

uint32_t hardware_id(void)
{
	return EFUSE_MAC_LOW;
}
