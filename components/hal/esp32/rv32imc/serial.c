/* UART 0 as the ROM has set it up: 115200 bit/s. */
#include "hal_chip.h"
#include "registers.h"

void chip_serial_write(const uint8_t* data, size_t length)
{
	for(size_t i = 0; i < length;) {
		unsigned queued = UART_TX_COUNT(UART_STATUS);
		for(; queued < UART_TX_ROOM && i < length; ++queued) {
			UART_FIFO = data[i++];
		}
	}
}

size_t chip_serial_read(uint8_t* data, size_t length)
{
	size_t count = UART_RX_COUNT(UART_STATUS);
	if(count > length) {
		count = length;
	}
	for(size_t i = 0; i < count; ++i) {
		data[i] = (uint8_t)UART_FIFO;
	}
	return count;
}
