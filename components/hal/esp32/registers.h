/* Addresses of the ESP32 family, from the technical reference manuals. */
#pragma once

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t*)(address))

/* Xtensa, as the ROM leaves it: the crystal's */
#define CPU_MHZ 40u

#if defined(SOC_ESP32)
#define UART0 0x3FF40000u
#define RTC_CNTL 0x3FF48000u
#define RTC_WDT 0x8Cu
#define TIMER_GROUPS {0x3FF5F000u, 0x3FF60000u}
#define EFUSE_MAC_LOW REGISTER(0x3FF5A004u)
#elif defined(SOC_ESP32S2)
#define UART0 0x3F400000u
#define RTC_CNTL 0x3F408000u
#define RTC_WDT 0x94u
#define RTC_CLK_CONF REGISTER(RTC_CNTL + 0x74)
#define RANDOM_DATA REGISTER(0x60035110u)
#define TIMER_GROUPS {0x3F41F000u, 0x3F420000u}
#define EFUSE_MAC_LOW REGISTER(0x3F41A044u)
#elif defined(SOC_ESP32S3)
#define UART0 0x60000000u
#define RTC_CNTL 0x60008000u
#define RTC_WDT 0x98u
#define RTC_CLK_CONF REGISTER(RTC_CNTL + 0x74)
#define RANDOM_DATA REGISTER(0x60035110u)
#define TIMER_GROUPS {0x6001F000u, 0x60020000u}
#define EFUSE_MAC_LOW REGISTER(0x60007044u)
#elif defined(SOC_ESP32C2)
#define UART0 0x60000000u
#define RTC_CNTL 0x60008000u
#define RTC_WDT 0x84u
#define RTC_CLK_CONF REGISTER(RTC_CNTL + 0x68)
#define RANDOM_DATA REGISTER(0x600260B0u)
#define TIMER_GROUPS {0x6001F000u}
#define EFUSE_MAC_LOW REGISTER(0x60008840u)
#elif defined(SOC_ESP32C3)
#define UART0 0x60000000u
#define RTC_CNTL 0x60008000u
#define RTC_WDT 0x90u
#define RTC_CLK_CONF REGISTER(RTC_CNTL + 0x70)
#define RANDOM_DATA REGISTER(0x600260B0u)
#define TIMER_GROUPS {0x6001F000u, 0x60020000u}
#define EFUSE_MAC_LOW REGISTER(0x60008844u)
#else
#error "a chip of the family that is not known here"
#endif

/* UART: fields of the status register count what the FIFOs hold */
#define UART_FIFO REGISTER(UART0 + 0x00)
#define UART_STATUS REGISTER(UART0 + 0x1C)
#ifdef SOC_ESP32
#define UART_COUNT_MASK 0xFFu
#else
#define UART_COUNT_MASK 0x3FFu
#endif
#define UART_RX_COUNT(status) ((status)&UART_COUNT_MASK)
#define UART_TX_COUNT(status) ((status) >> 16 & UART_COUNT_MASK)
#define UART_TX_ROOM 120u /* of 128 bytes */

/* Reset */
#define RTC_OPTIONS0 REGISTER(RTC_CNTL + 0x00)
#define RTC_SW_SYS_RST (1u << 31)

/* Watchdogs: each is locked by a key. The super watchdog came after the ESP32 */
#define RTC_WDTCONFIG0 REGISTER(RTC_CNTL + RTC_WDT)
#define RTC_WDTWPROTECT REGISTER(RTC_CNTL + RTC_WDT + 0x18)
#define RTC_SWD_CONF REGISTER(RTC_CNTL + RTC_WDT + 0x1C)
#define RTC_SWD_WPROTECT REGISTER(RTC_CNTL + RTC_WDT + 0x20)
#define RTC_SWD_AUTO_FEED (1u << 31)
#define WDT_KEY 0x50D83AA1u
#define SWD_KEY 0x8F1D312Au
#define TIMER_GROUP_WDTCONFIG0(group) REGISTER((group) + 0x48)
#define TIMER_GROUP_WDTWPROTECT(group) REGISTER((group) + 0x64)

/* C2, C3: system timer, unit 0: 16 MHz, 52 bits */
#define SYSTIMER 0x60023000u
#define SYSTIMER_UNIT0_OP REGISTER(SYSTIMER + 0x04)
#define SYSTIMER_UNIT0_VALUE_HIGH REGISTER(SYSTIMER + 0x40)
#define SYSTIMER_UNIT0_VALUE_LOW REGISTER(SYSTIMER + 0x44)
#define SYSTIMER_UPDATE (1u << 30)
#define SYSTIMER_VALID (1u << 29)
#define SYSTIMER_TICKS_PER_US 16u

/*
 * All but the ESP32: the fast RC oscillator as a clock of the digital part, which the generator of random numbers samples
 * for its noise. With that source alone it gives full words at 62.5 kHz at most.
 */
#define RTC_DIG_CLK8M_EN (1u << 10)
#define RANDOM_WORD_US 20u
