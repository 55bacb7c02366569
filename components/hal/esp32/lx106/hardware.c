/* ESP32, S2, S3, as far as code with the call0 ABI for the smaller core can have them. */
#include "../../core/lx106/core.h"
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

#ifdef SOC_ESP32

/*
 * Without Wi-Fi the generator of this chip has no noise but that of an ADC (manual, chapter RNG), which many registers switch
 * on; nobody has tried that with this code, and numbers without noise look just as random. So TLS is refused.
 */
bool hardware_entropy(uint8_t* data, size_t length)
{
	(void)data;
	(void)length;
	return false;
}

#else

bool hardware_entropy(uint8_t* data, size_t length)
{
	RTC_CLK_CONF |= RTC_DIG_CLK8M_EN;
	uint32_t word = 0;
	for(size_t i = 0; i < length; ++i) {
		if(i % 4 == 0) {
			for(uint32_t start = chip_cycles(); chip_cycles() - start < RANDOM_WORD_US * CPU_MHZ;) {
			}
			word = RANDOM_DATA;
		}
		data[i] = (uint8_t)(word >> i % 4 * 8);
	}
	return true;
}

#endif

uint32_t hardware_id(void)
{
	return EFUSE_MAC_LOW;
}
