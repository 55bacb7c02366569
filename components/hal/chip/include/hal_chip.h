/**
 * hal_chip.h: what each chip's folder gives to the code that all chips share, and what that code offers to
 * start-up and network beyond hal.h.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* By the chip */

/** Clocks, serial line, watchdogs. The first function called after memory is set up. */
void chip_start(void);

/** Send bytes over the serial line; waits until the transmitter has taken all of them. */
void chip_serial_write(const uint8_t* data, size_t length);

/** Take what the serial line has received, without waiting. @return number of bytes */
size_t chip_serial_read(uint8_t* data, size_t length);

/** Sleep until the serial line has input or `us` microseconds have passed; may return earlier. */
void chip_sleep(uint32_t us);

/**
 * Raw noise for seeding: `length` bytes with at least one bit of entropy in each.
 * @return false when this chip has no such source, or its health test failed
 */
bool chip_entropy(uint8_t* data, size_t length);

/* By chip/ */

/** C part of the reset code: fills memory, runs constructors, then main(). Does not return. */
void chip_run(void) __attribute__((noreturn));

/** main() of a chip: start-up of the framework and the main loop. */
int main(void);

/** End of the heap's room is known by the linker script; called once by chip_run(). */
void chip_heap_start(void* begin, void* end);

/** hal_heap_allocate() for the network stack, which may also use what is kept from everybody else. */
void* chip_heap_take(size_t size);

/** Microseconds since start that were not slept. In QEMU with count_instructions: thousands of instructions. */
uint64_t chip_busy_us(void);

/**
 * The part of flash for files that are written, from the SoC table.
 * @param offset as in hal_flash_read()
 * @param size bytes, an even number of sectors
 * @return false when the chip has none
 */
bool chip_settings_area(uint32_t* offset, uint32_t* size);

/** Figures of the heap in bytes; the least that was ever free since start. */
extern size_t chip_heap_total, chip_heap_unused, chip_heap_least_unused;

/** Ends in a panic if the stack ever grew beyond its room. */
void chip_check_stack(void);

/** What the exception handlers of a chip call: prints registers and a stack trace, then restarts. */
void chip_fault(const char* what, const uint32_t* registers, unsigned count, uint32_t stack) __attribute__((noreturn));

/* The link: IP packets and console text share the serial line, framed as in RFC 1055 and told apart as in
 * draft-bormann-t2trg-slipmux: a frame whose first byte is 0x0A is text, 0x45 to 0x4F an IPv4 packet. With 0x0B,
 * which that draft leaves free, device and bridge talk to each other: the device asks "time?", the bridge answers
 * "time=1700000000" (seconds since 1970), so that a device without a clock may judge dates. */

/** Who takes the packets that arrive. */
struct hal_link_receiver {
	void (*data)(const uint8_t* data, size_t length); /**< a piece of a packet */
	void (*end)(void);								  /**< the packet is complete */
};

void hal_link_set_receiver(const struct hal_link_receiver* receiver);

/** Ask the bridge for the time; hal_wall_clock_get() has it as soon as the answer came. */
void hal_link_ask_time(void);

/** Take everything that the serial line has received; calls the receiver. */
void hal_link_poll(void);

/** Send a packet: begin, any number of pieces, end. */
void hal_link_begin(void);
void hal_link_send(const void* data, size_t length);
void hal_link_end(void);

/** End a packet that was begun, if there is one: what is printed next must not get lost in it. */
void hal_link_abandon(void);

#ifdef __cplusplus
}
#endif
