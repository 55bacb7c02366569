/* Addresses of the ESP32 family, from the technical reference manuals. */
#pragma once

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t*)(address))

#if defined(SOC_ESP32C3) || defined(SOC_ESP32C2)
#define UART0 0x60000000u
#define RANDOM_DATA 0x600260B0u
#define RTC_CNTL 0x60008000u
#define SYSTIMER 0x60023000u
#define EFUSE 0x60008800u
#define TIMER_GROUPS {0x6001F000u, 0x60020000u}
#endif

/* UART: fields of the status register count what the FIFOs hold */
#define UART_FIFO REGISTER(UART0 + 0x00)
#define UART_STATUS REGISTER(UART0 + 0x1C)
#define UART_RX_COUNT(status) ((status)&0x3FFu)
#define UART_TX_COUNT(status) ((status) >> 16 & 0x3FFu)
#define UART_TX_ROOM 120u /* of 128 bytes */

/* System timer, unit 0: 16 MHz, 52 bits */
#define SYSTIMER_UNIT0_OP REGISTER(SYSTIMER + 0x04)
#define SYSTIMER_UNIT0_VALUE_HIGH REGISTER(SYSTIMER + 0x40)
#define SYSTIMER_UNIT0_VALUE_LOW REGISTER(SYSTIMER + 0x44)
#define SYSTIMER_UPDATE (1u << 30)
#define SYSTIMER_VALID (1u << 29)
#define SYSTIMER_TICKS_PER_US 16u

/* Reset */
#define RTC_OPTIONS0 REGISTER(RTC_CNTL + 0x00)
#define RTC_SW_SYS_RST (1u << 31)

/* Clock of the random generator's noise: the fast RC oscillator for the digital part */
#define RTC_CLK_CONF REGISTER(RTC_CNTL + 0x70)
#define RTC_DIG_CLK8M_EN (1u << 10)

/* Watchdogs: each is locked by a key */
#define RTC_WDTCONFIG0 REGISTER(RTC_CNTL + 0x90)
#define RTC_WDTWPROTECT REGISTER(RTC_CNTL + 0xA8)
#define RTC_SWD_CONF REGISTER(RTC_CNTL + 0xAC)
#define RTC_SWD_WPROTECT REGISTER(RTC_CNTL + 0xB0)
#define RTC_SWD_AUTO_FEED (1u << 31)
#define WDT_KEY 0x50D83AA1u
#define SWD_KEY 0x8F1D312Au
#define TIMER_GROUP_WDTCONFIG0(group) REGISTER((group) + 0x48)
#define TIMER_GROUP_WDTWPROTECT(group) REGISTER((group) + 0x64)

#define EFUSE_MAC_LOW REGISTER(EFUSE + 0x44)
