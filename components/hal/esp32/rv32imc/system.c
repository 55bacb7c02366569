/* ESP32-C2, C3: time, restart, noise. */
#include "hal.h"
#include "hal_chip.h"
#include "registers.h"
#include "watchdog.h"

/* What a full transmitter takes at 115200 bit/s, and more; and the byte behind it */
#define LAST_WORDS_US 20000u
#define BYTE_US 200u

uint64_t hal_time_us(void)
{
	SYSTIMER_UNIT0_OP = SYSTIMER_UPDATE;
	while((SYSTIMER_UNIT0_OP & SYSTIMER_VALID) == 0) {
	}
	uint64_t high = SYSTIMER_UNIT0_VALUE_HIGH;
	uint32_t low = SYSTIMER_UNIT0_VALUE_LOW;
	return (high << 32 | low) / SYSTIMER_TICKS_PER_US;
}

void chip_start(void)
{
	esp32_stop_watchdogs();
	RTC_CLK_CONF |= RTC_DIG_CLK8M_EN;
}

void chip_sleep(uint32_t us)
{
	uint64_t end = hal_time_us() + us;
	while(UART_RX_COUNT(UART_STATUS) == 0 && hal_time_us() < end) {
	}
}

bool chip_entropy(uint8_t* data, size_t length)
{
	uint32_t word = 0;
	for(size_t i = 0; i < length; ++i) {
		if(i % 4 == 0) {
			for(uint64_t end = hal_time_us() + RANDOM_WORD_US; hal_time_us() < end;) {
			}
			word = RANDOM_DATA;
		}
		data[i] = (uint8_t)(word >> i % 4 * 8);
	}
	return true;
}

void hal_watchdog_feed(void)
{
}

void hal_restart(void)
{
	/* The last of a panic is still in the transmitter, and would be lost; bounded, should its clock be wrong */
	for(uint64_t end = hal_time_us() + LAST_WORDS_US; UART_TX_COUNT(UART_STATUS) != 0 && hal_time_us() < end;) {
	}
	for(uint64_t end = hal_time_us() + BYTE_US; hal_time_us() < end;) {
	}
	RTC_OPTIONS0 |= RTC_SW_SYS_RST;
	for(;;) {
	}
}

uint32_t hal_chip_id(void)
{
	return EFUSE_MAC_LOW;
}

uint32_t hal_cpu_frequency_get(void)
{
	return 40; /* as the ROM leaves it: the crystal's */
}

bool hal_cpu_frequency_set(uint32_t mhz)
{
	return mhz == hal_cpu_frequency_get();
}
