/* Addresses of the RP2040, from its datasheet. */
#pragma once

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t*)(address))

/* §2.14 */
#define RESETS_RESET REGISTER(0x4000C000u)
#define RESETS_DONE REGISTER(0x4000C008u)
#define RESET_IO_BANK0 (1u << 5)
#define RESET_PADS_BANK0 (1u << 8)
#define RESET_PLL_SYS (1u << 12)
#define RESET_TIMER (1u << 21)
#define RESET_UART0 (1u << 22)

/* §2.16: a crystal of 12 MHz */
#define XOSC_CTRL REGISTER(0x40024000u)
#define XOSC_STATUS REGISTER(0x40024004u)
#define XOSC_STARTUP REGISTER(0x4002400Cu)
#define XOSC_ENABLE_1_15_MHZ (0xFABu << 12 | 0xAA0u)
#define XOSC_STABLE (1u << 31)

/* §2.18 */
#define PLL_SYS_CS REGISTER(0x40028000u)
#define PLL_SYS_PWR REGISTER(0x40028004u)
#define PLL_SYS_FBDIV REGISTER(0x40028008u)
#define PLL_SYS_PRIM REGISTER(0x4002800Cu)
#define PLL_LOCK (1u << 31)
#define PLL_PWR_PD (1u << 0)
#define PLL_PWR_POSTDIVPD (1u << 3)
#define PLL_PWR_VCOPD (1u << 5)

/* §2.15 */
#define CLK_REF_CTRL REGISTER(0x40008030u)
#define CLK_REF_SELECTED REGISTER(0x40008038u)
#define CLK_REF_XOSC 2u
#define CLK_SYS_CTRL REGISTER(0x4000803Cu)
#define CLK_SYS_SELECTED REGISTER(0x40008044u)
#define CLK_SYS_AUX 1u /* with the auxiliary source 0: PLL_SYS */
#define CLK_PERI_CTRL REGISTER(0x40008048u)
#define CLK_PERI_ENABLE (1u << 11)

/* §4.7 */
#define WATCHDOG_CTRL REGISTER(0x40058000u)
#define WATCHDOG_TICK REGISTER(0x4005802Cu)
#define WATCHDOG_TRIGGER (1u << 31)
#define WATCHDOG_TICK_ENABLE (1u << 9)
#define PSM_WDSEL REGISTER(0x40010008u)
#define PSM_ALL_BUT_OSCILLATORS 0x0001FFFCu

/* §4.6 */
#define TIMER_RAWH REGISTER(0x40054024u)
#define TIMER_RAWL REGISTER(0x40054028u)

/* §4.2, on GPIO 0 and 1 */
#define UART0_DR REGISTER(0x40034000u)
#define UART0_FR REGISTER(0x40034018u)
#define UART0_IBRD REGISTER(0x40034024u)
#define UART0_FBRD REGISTER(0x40034028u)
#define UART0_LCR_H REGISTER(0x4003402Cu)
#define UART0_CR REGISTER(0x40034030u)
#define UART_BUSY (1u << 3)
#define UART_RX_EMPTY (1u << 4)
#define UART_TX_FULL (1u << 5)
#define UART_8N1_FIFO (3u << 5 | 1u << 4)
#define UART_ENABLE (1u << 0 | 1u << 8 | 1u << 9)
#define GPIO_CTRL(pin) REGISTER(0x40014004u + 8u * (pin))
#define GPIO_UART 2u

/* §2.17 */
#define ROSC_RANDOMBIT REGISTER(0x4006001Cu)

/* §4.10.13; BAUDR as boot2.S sets it */
#define SSI_SSIENR REGISTER(0x18000008u)
#define SSI_BAUDR REGISTER(0x18000014u)
#define SSI_BAUDR_BOOT 4u

#define FLASH 0x10000000u
