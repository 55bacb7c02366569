/* Addresses of the ESP8266. */
#pragma once

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t*)(address))

/* As boot.c starts the chip */
#define CPU_MHZ 80u

/* UART 0: its divisor is of the core's clock */
#define UART_FIFO REGISTER(0x60000000u)
#define UART_CLKDIV REGISTER(0x60000014u)
#define UART_STATUS REGISTER(0x6000001Cu)
#define UART_RX_COUNT(status) ((status)&0xFFu)
#define UART_TX_COUNT(status) ((status) >> 16 & 0xFFu)
#define UART_TX_ROOM 120u /* of 128 bytes */

/* Watchdog */
#define WDT_CTL REGISTER(0x60000900u)
#define WDT_FEED REGISTER(0x60000914u)
#define WDT_FEED_KEY 0x73u

/* Restart of the digital part */
#define RTC_CTL REGISTER(0x60000700u)
#define RTC_RESET (1u << 31)

/* Noise of the radio's clocks, not documented to be more */
#define RANDOM REGISTER(0x3FF20E44u)

/* MAC address in the fuses */
#define EFUSE_MAC0 REGISTER(0x3FF00050u)
#define EFUSE_MAC1 REGISTER(0x3FF00054u)
