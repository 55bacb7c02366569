#include "watchdog.h"
#include "registers.h"

void esp32_stop_watchdogs(void)
{
	RTC_WDTWPROTECT = WDT_KEY;
	RTC_WDTCONFIG0 = 0;
	RTC_WDTWPROTECT = 0;
#ifndef SOC_ESP32
	RTC_SWD_WPROTECT = SWD_KEY;
	RTC_SWD_CONF |= RTC_SWD_AUTO_FEED;
	RTC_SWD_WPROTECT = 0;
#endif
	static const uint32_t groups[] = TIMER_GROUPS;
	for(unsigned i = 0; i < sizeof(groups) / sizeof(groups[0]); ++i) {
		TIMER_GROUP_WDTWPROTECT(groups[i]) = WDT_KEY;
		TIMER_GROUP_WDTCONFIG0(groups[i]) = 0;
		TIMER_GROUP_WDTWPROTECT(groups[i]) = 0;
	}
}
