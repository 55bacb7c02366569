/* The chip in QEMU: serial line and sleep by simcall, see emulator.h. */
#include <stddef.h>

#include "core.h"
#include "emulator.h"
#include <string.h>

/* Where the note is: memory that is RAM on the chip and in QEMU, and that no program of ours uses */
extern struct emulator_note _emulator_note;

/* QEMU, target/xtensa/xtensa-semi.c */
enum { SYS_EXIT = 1, SYS_READ = 3, SYS_WRITE = 4 };
enum { INPUT = 0, OUTPUT = 1 };

/* Longest sleep: input does not wake the core up */
#define NAP_US 1000u

static uint8_t pending[32];
static size_t pending_from, pending_to;

struct emulator_note* emulator_note(void)
{
	static const uint32_t magic[4] = EMULATOR_MAGIC;
	for(unsigned i = 0; i < 4; ++i) {
		if(_emulator_note.magic[i] != magic[i]) {
			return NULL;
		}
	}
	return &_emulator_note;
}

uint64_t emulator_time_us(const struct emulator_note* note)
{
	static uint32_t last;
	static uint32_t rest;
	static uint64_t total;
	uint32_t now = chip_cycles();
	uint32_t passed = now - last;
	last = now;
	/* 32 bits suffice but for a sleep of the host's */
	uint32_t us = passed / note->cycles_per_us;
	rest += passed - us * note->cycles_per_us;
	if(rest >= note->cycles_per_us) {
		rest -= note->cycles_per_us;
		++us;
	}
	total += us;
	return total;
}

void emulator_write(const uint8_t* data, size_t length)
{
	while(length != 0) {
		int count = chip_simcall(SYS_WRITE, OUTPUT, (int)data, (int)length);
		if(count > 0) {
			data += count;
			length -= (size_t)count;
		}
	}
}

static size_t fill(void)
{
	if(pending_from == pending_to) {
		int count = chip_simcall(SYS_READ, INPUT, (int)pending, (int)sizeof(pending));
		pending_from = 0;
		pending_to = count > 0 ? (size_t)count : 0;
	}
	return pending_to - pending_from;
}

size_t emulator_read(uint8_t* data, size_t length)
{
	size_t done = 0;
	while(done < length && fill() != 0) {
		size_t count = pending_to - pending_from;
		if(count > length - done) {
			count = length - done;
		}
		memcpy(data + done, pending + pending_from, count);
		pending_from += count;
		done += count;
	}
	return done;
}

void emulator_sleep(const struct emulator_note* note, uint32_t us)
{
	uint64_t end = emulator_time_us(note) + us;
	while(fill() == 0) {
		uint64_t now = emulator_time_us(note);
		if(now >= end) {
			return;
		}
		uint32_t nap = end - now < NAP_US ? (uint32_t)(end - now) : NAP_US;
		chip_wait(nap * note->cycles_per_us);
	}
}

bool emulator_noise(struct emulator_note* note, uint8_t* data, size_t length)
{
	static bool taken;
	if(taken || length > sizeof(note->noise)) {
		return false;
	}
	taken = true;
	memcpy(data, note->noise, length);
	memset(note->noise, 0, sizeof(note->noise));
	return true;
}

void emulator_exit(int status)
{
	for(;;) {
		(void)chip_simcall(SYS_EXIT, status, 0, 0);
	}
}
