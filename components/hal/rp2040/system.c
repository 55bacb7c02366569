/* Clocks, time, serial line, restart, noise. */
#include "hal.h"
#include "hal_chip.h"
#include "registers.h"

#define CRYSTAL_MHZ 12u
#define CPU_MHZ 125u
#define BAUD 115200u

/* What a full transmitter takes at this speed, and more */
#define LAST_WORDS_US 20000u

static void unreset(uint32_t what)
{
	RESETS_RESET &= ~what;
	while((RESETS_DONE & what) != what) {
	}
}

/* 12 MHz × 125 / 6 / 2 */
static void start_clocks(void)
{
	XOSC_STARTUP = 47; /* × 256 cycles: 1 ms */
	XOSC_CTRL = XOSC_ENABLE_1_15_MHZ;
	while((XOSC_STATUS & XOSC_STABLE) == 0) {
	}
	CLK_REF_CTRL = CLK_REF_XOSC;
	while((CLK_REF_SELECTED & 1u << CLK_REF_XOSC) == 0) {
	}
	CLK_SYS_CTRL = 0; /* clk_ref, while the PLL is set up */
	while((CLK_SYS_SELECTED & 1u) == 0) {
	}
	unreset(RESET_PLL_SYS);
	PLL_SYS_CS = 1;
	PLL_SYS_FBDIV = 125;
	PLL_SYS_PWR &= ~(PLL_PWR_PD | PLL_PWR_VCOPD);
	while((PLL_SYS_CS & PLL_LOCK) == 0) {
	}
	PLL_SYS_PRIM = 6u << 16 | 2u << 12;
	PLL_SYS_PWR &= ~PLL_PWR_POSTDIVPD;
	CLK_SYS_CTRL = CLK_SYS_AUX;
	while((CLK_SYS_SELECTED & 1u << CLK_SYS_AUX) == 0) {
	}
	CLK_PERI_CTRL = CLK_PERI_ENABLE;
	/* The timer counts these ticks: 1 MHz */
	WATCHDOG_TICK = WATCHDOG_TICK_ENABLE | CRYSTAL_MHZ;
}

static void start_serial(void)
{
	unreset(RESET_IO_BANK0 | RESET_PADS_BANK0 | RESET_UART0);
	/* Divisor in 1/64: clk_peri / (16 × baud) */
	uint32_t divisor = CPU_MHZ * 1000000u * 4u / BAUD;
	UART0_IBRD = divisor >> 6;
	UART0_FBRD = divisor & 63u;
	UART0_LCR_H = UART_8N1_FIFO;
	UART0_CR = UART_ENABLE;
	GPIO_CTRL(0) = GPIO_UART;
	GPIO_CTRL(1) = GPIO_UART;
}

void chip_start(void)
{
	start_clocks();
	unreset(RESET_TIMER);
	start_serial();
}

void chip_serial_write(const uint8_t* data, size_t length)
{
	for(size_t i = 0; i < length; ++i) {
		while((UART0_FR & UART_TX_FULL) != 0) {
		}
		UART0_DR = data[i];
	}
}

size_t chip_serial_read(uint8_t* data, size_t length)
{
	size_t count = 0;
	while(count < length && (UART0_FR & UART_RX_EMPTY) == 0) {
		data[count++] = (uint8_t)UART0_DR;
	}
	return count;
}

uint64_t hal_time_us(void)
{
	/* Without the latching registers: those are one for both cores */
	uint32_t high = TIMER_RAWH;
	for(;;) {
		uint32_t low = TIMER_RAWL;
		uint32_t again = TIMER_RAWH;
		if(again == high) {
			return (uint64_t)high << 32 | low;
		}
		high = again;
	}
}

void chip_sleep(uint32_t us)
{
	uint64_t end = hal_time_us() + us;
	while((UART0_FR & UART_RX_EMPTY) != 0 && hal_time_us() < end) {
	}
}

/*
 * One bit of the ring oscillator at a time (§2.17.5): 8 of them make a byte, and between two lies a time that is
 * no multiple of its period.
 */
bool chip_entropy(uint8_t* data, size_t length)
{
	for(size_t i = 0; i < length; ++i) {
		uint8_t byte = 0;
		for(unsigned bit = 0; bit < 8; ++bit) {
			byte = (uint8_t)(byte << 1 | (ROSC_RANDOMBIT & 1u));
			for(volatile unsigned wait = 0; wait < 13u + bit; ++wait) {
			}
		}
		data[i] = byte;
	}
	return true;
}

void hal_watchdog_feed(void)
{
}

void hal_restart(void)
{
	/* The last of a panic is still in the transmitter, and would be lost; bounded, should its clock be wrong */
	for(uint64_t end = hal_time_us() + LAST_WORDS_US; (UART0_FR & UART_BUSY) != 0 && hal_time_us() < end;) {
	}
	PSM_WDSEL = PSM_ALL_BUT_OSCILLATORS;
	WATCHDOG_CTRL |= WATCHDOG_TRIGGER;
	for(;;) {
	}
}

uint32_t hal_chip_id(void)
{
	return 0; /* the chip has none; the flash chip's can only be read while no code runs from it */
}

uint32_t hal_cpu_frequency_get(void)
{
	return CPU_MHZ;
}

bool hal_cpu_frequency_set(uint32_t mhz)
{
	return mhz == CPU_MHZ;
}
