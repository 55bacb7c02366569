/* The flash chip in QEMU: a file of the host, opened by simcall. Writing only turns bits off, as on a real one. */
#include "../core/lx106/core.h"
#include "flash.h"

/* QEMU, target/xtensa/xtensa-semi.c, and the host's own numbers */
enum { SYS_READ = 3, SYS_WRITE = 4, SYS_OPEN = 5, SYS_LSEEK = 19 };
enum { READ_WRITE = 2, FROM_START = 0 };

static bool transfer(int file, int number, uint32_t offset, uint32_t* words, uint32_t length)
{
	return chip_simcall(SYS_LSEEK, file, (int)offset, FROM_START) == (int)offset &&
		   chip_simcall(number, file, (int)words, (int)length) == (int)length;
}

bool emulator_flash(const char* path, flash_work work, uint32_t offset, uint32_t* words, uint32_t length)
{
	static int file = -1;
	uint32_t block[FLASH_BLOCK / 4];
	if(file < 0) {
		file = chip_simcall(SYS_OPEN, (int)path, READ_WRITE, 0);
	}
	if(file < 0) {
		return false;
	}
	if(work == FLASH_READ) {
		return transfer(file, SYS_READ, offset, words, length);
	}
	for(uint32_t done = 0; done < length; done += FLASH_BLOCK) {
		uint32_t part = length - done < FLASH_BLOCK ? length - done : FLASH_BLOCK;
		if(!transfer(file, SYS_READ, offset + done, block, part)) {
			return false;
		}
		for(unsigned i = 0; i < part / 4; ++i) {
			block[i] = work == FLASH_ERASE ? 0xFFFFFFFFu : block[i] & words[done / 4 + i];
		}
		if(!transfer(file, SYS_WRITE, offset + done, block, part)) {
			return false;
		}
	}
	return true;
}
