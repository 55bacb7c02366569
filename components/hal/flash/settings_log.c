#include "settings_log.h"
#include "crc32.h"
#include <string.h>

#define BANK_MAGIC 0x534C4731u	 /* "SLG1" */
#define RECORD_MAGIC 0x53520000u /* in the upper half; flags below */
#define FLAG_REMOVED 1u
#define BANK_HEADER 12u
#define RECORD_HEADER 20u
#define COPY_BLOCK 64u

typedef struct {
	uint32_t offset; /* in the area */
	uint32_t flags;
	uint32_t name_length;
	uint32_t data_length;
	uint32_t contents_crc;
} record;

typedef enum { RECORD_GOOD, RECORD_TORN, RECORD_END, RECORD_CLOSED, RECORD_FAILED } record_state;

static uint32_t get32(const uint8_t* at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put32(uint8_t* at, uint32_t value)
{
	for(unsigned i = 0; i < 4; ++i) {
		at[i] = (uint8_t)(value >> (8 * i));
	}
}

static uint32_t bank_size(const settings_log* log)
{
	return log->flash.size / 2;
}

static bool flash_read(const settings_log* log, uint32_t offset, void* data, size_t length)
{
	return log->flash.read(log->flash.arg, offset, data, length);
}

static bool flash_write(const settings_log* log, uint32_t offset, const void* data, size_t length)
{
	return length == 0 || log->flash.write(log->flash.arg, offset, data, length);
}

/* Bytes that a record takes, its header included. */
static uint32_t record_size(uint32_t name_length, uint32_t data_length)
{
	return (RECORD_HEADER + name_length + data_length + 3) & ~3u;
}

/* Whether what is left of the bank was never written to. */
static bool is_erased(const settings_log* log, uint32_t offset, uint32_t end)
{
	uint8_t block[COPY_BLOCK];
	while(offset < end) {
		uint32_t part = end - offset < COPY_BLOCK ? end - offset : COPY_BLOCK;
		if(!flash_read(log, offset, block, part)) {
			return false;
		}
		for(uint32_t i = 0; i < part; ++i) {
			if(block[i] != 0xFF) {
				return false;
			}
		}
		offset += part;
	}
	return true;
}

static bool contents_match(const settings_log* log, const record* at)
{
	uint8_t block[COPY_BLOCK];
	uint32_t crc = 0;
	uint32_t offset = at->offset + RECORD_HEADER;
	uint32_t left = at->name_length + at->data_length;
	while(left > 0) {
		uint32_t part = left < COPY_BLOCK ? left : COPY_BLOCK;
		if(!flash_read(log, offset, block, part)) {
			return false;
		}
		crc = sming_crc32(crc, block, part);
		offset += part;
		left -= part;
	}
	return crc == at->contents_crc;
}

/* Look at what stands at an offset of a bank. */
static record_state examine(const settings_log* log, uint32_t bank, uint32_t position, record* found)
{
	uint8_t header[RECORD_HEADER];
	uint32_t room = bank_size(log) - position;
	if(room < RECORD_HEADER) {
		return RECORD_CLOSED;
	}
	if(!flash_read(log, bank + position, header, sizeof(header))) {
		return RECORD_FAILED;
	}
	if(get32(header) == 0xFFFFFFFFu) {
		return is_erased(log, bank + position, bank + bank_size(log)) ? RECORD_END : RECORD_CLOSED;
	}
	found->offset = bank + position;
	found->flags = get32(header) & 0xFFFFu;
	found->name_length = get32(header + 4);
	found->data_length = get32(header + 8);
	found->contents_crc = get32(header + 16);
	bool sound = (get32(header) & 0xFFFF0000u) == RECORD_MAGIC && get32(header + 12) == sming_crc32(0, header, 12) &&
				 found->name_length > 0 && found->name_length <= SETTINGS_LOG_MAX_NAME &&
				 found->data_length <= room && record_size(found->name_length, found->data_length) <= room;
	if(!sound) {
		return RECORD_CLOSED;
	}
	return contents_match(log, found) ? RECORD_GOOD : RECORD_TORN;
}

static bool read_bank(const settings_log* log, uint32_t bank, uint32_t* generation)
{
	uint8_t header[BANK_HEADER];
	if(!flash_read(log, bank, header, sizeof(header))) {
		return false;
	}
	*generation = get32(header + 4);
	return get32(header) == BANK_MAGIC && get32(header + 8) == sming_crc32(0, header, 8);
}

static bool erase_bank(const settings_log* log, uint32_t bank)
{
	for(uint32_t offset = 0; offset < bank_size(log); offset += log->flash.sector_size) {
		if(!log->flash.erase(log->flash.arg, bank + offset)) {
			return false;
		}
	}
	return true;
}

static bool write_bank_header(const settings_log* log, uint32_t bank, uint32_t generation)
{
	uint8_t header[BANK_HEADER];
	put32(header, BANK_MAGIC);
	put32(header + 4, generation);
	put32(header + 8, sming_crc32(0, header, 8));
	return flash_write(log, bank, header, sizeof(header));
}

/* Find the end of the current bank. */
static bool find_end(settings_log* log)
{
	record at;
	log->end = BANK_HEADER;
	for(;;) {
		switch(examine(log, log->bank, log->end, &at)) {
		case RECORD_GOOD:
		case RECORD_TORN:
			log->end += record_size(at.name_length, at.data_length);
			break;
		case RECORD_END:
			log->closed = false;
			return true;
		case RECORD_CLOSED:
			log->closed = true;
			return true;
		case RECORD_FAILED:
			return false;
		}
	}
}

/* Take the flash over and look at the headers of its banks. */
static bool read_banks(settings_log* log, const settings_log_flash* flash, bool* valid, uint32_t* generations)
{
	log->flash = *flash;
	uint32_t sector = flash->sector_size;
	if(sector < 512 || (sector & (sector - 1)) != 0 || flash->size < 2 * sector || flash->size % (2 * sector) != 0) {
		return false;
	}
	for(unsigned i = 0; i < 2; ++i) {
		valid[i] = read_bank(log, i * bank_size(log), &generations[i]);
	}
	return true;
}

bool settings_log_exists(const settings_log_flash* flash)
{
	settings_log log;
	uint32_t generations[2];
	bool valid[2];
	return read_banks(&log, flash, valid, generations) && (valid[0] || valid[1]);
}

bool settings_log_mount(settings_log* log, const settings_log_flash* flash)
{
	uint32_t generations[2];
	bool valid[2];
	if(!read_banks(log, flash, valid, generations)) {
		return false;
	}
	if(!valid[0] && !valid[1]) {
		log->bank = 0;
		log->generation = 1;
		log->end = BANK_HEADER;
		log->closed = false;
		return erase_bank(log, 0) && write_bank_header(log, 0, 1);
	}
	// The generations differ by one; the difference also tells after the number has wrapped
	unsigned current = !valid[0] || (valid[1] && (int32_t)(generations[1] - generations[0]) > 0);
	log->bank = current * bank_size(log);
	log->generation = generations[current];
	return find_end(log);
}

static bool has_name(const settings_log* log, const record* at, const char* name, size_t length)
{
	char stored[SETTINGS_LOG_MAX_NAME];
	return at->name_length == length && flash_read(log, at->offset + RECORD_HEADER, stored, length) &&
		   memcmp(stored, name, length) == 0;
}

/* The record that counts for a name. @return false when there is none, or it says that the file was removed */
static bool find(const settings_log* log, const char* name, size_t length, record* found)
{
	bool exists = false;
	record at;
	for(uint32_t position = BANK_HEADER; position < log->end;
		position += record_size(at.name_length, at.data_length)) {
		record_state state = examine(log, log->bank, position, &at);
		if(state != RECORD_GOOD && state != RECORD_TORN) {
			break;
		}
		if(state == RECORD_GOOD && has_name(log, &at, name, length)) {
			*found = at;
			exists = (at.flags & FLAG_REMOVED) == 0;
		}
	}
	return exists;
}

static bool is_name(const char* name)
{
	size_t length = strlen(name);
	return length > 0 && length <= SETTINGS_LOG_MAX_NAME;
}

int32_t settings_log_size(const settings_log* log, const char* name)
{
	record at;
	return !find(log, name, strlen(name), &at) ? SETTINGS_LOG_NOT_FOUND : (int32_t)at.data_length;
}

int32_t settings_log_read(const settings_log* log, const char* name, uint32_t offset, void* data, size_t length)
{
	record at;
	if(!find(log, name, strlen(name), &at)) {
		return SETTINGS_LOG_NOT_FOUND;
	}
	uint32_t left = offset < at.data_length ? at.data_length - offset : 0;
	uint32_t part = length < left ? (uint32_t)length : left;
	bool ok = part == 0 || flash_read(log, at.offset + RECORD_HEADER + at.name_length + offset, data, part);
	return ok ? (int32_t)part : SETTINGS_LOG_DEVICE;
}

static bool write_record(const settings_log* log, uint32_t offset, const char* name, uint32_t flags, const void* data,
						 size_t length)
{
	size_t name_length = strlen(name);
	uint8_t header[RECORD_HEADER];
	put32(header, RECORD_MAGIC | flags);
	put32(header + 4, (uint32_t)name_length);
	put32(header + 8, (uint32_t)length);
	put32(header + 12, sming_crc32(0, header, 12));
	put32(header + 16, sming_crc32(sming_crc32(0, name, name_length), data, length));
	return flash_write(log, offset, header, sizeof(header)) &&
		   flash_write(log, offset + RECORD_HEADER, name, name_length) &&
		   flash_write(log, offset + RECORD_HEADER + (uint32_t)name_length, data, length);
}

/* Copy a record as it is. */
static bool copy_record(const settings_log* log, const record* from, uint32_t to)
{
	uint8_t block[COPY_BLOCK];
	uint32_t left = RECORD_HEADER + from->name_length + from->data_length;
	uint32_t offset = from->offset;
	while(left > 0) {
		uint32_t part = left < COPY_BLOCK ? left : COPY_BLOCK;
		if(!flash_read(log, offset, block, part) || !flash_write(log, to, block, part)) {
			return false;
		}
		offset += part;
		to += part;
		left -= part;
	}
	return true;
}

/* Whether a record is the one that counts for its name, and its file exists. */
static bool is_alive(const settings_log* log, const record* at)
{
	char name[SETTINGS_LOG_MAX_NAME];
	record last;
	return flash_read(log, at->offset + RECORD_HEADER, name, at->name_length) &&
		   find(log, name, at->name_length, &last) && last.offset == at->offset;
}

/* Move to the other bank, with a new record in place of what `name` had. `data` NULL: without the file. */
static settings_log_result compact(settings_log* log, const char* name, const void* data, size_t length)
{
	uint32_t target = log->bank == 0 ? bank_size(log) : 0;
	uint32_t needed = BANK_HEADER + (data == NULL ? 0 : record_size((uint32_t)strlen(name), (uint32_t)length));
	record at;
	// First without writing, to know whether it fits; then for good
	for(unsigned pass = 0; pass < 2; ++pass) {
		uint32_t position = BANK_HEADER;
		if(pass == 1 && !erase_bank(log, target)) {
			return SETTINGS_LOG_DEVICE;
		}
		for(uint32_t from = BANK_HEADER; from < log->end; from += record_size(at.name_length, at.data_length)) {
			record_state state = examine(log, log->bank, from, &at);
			if(state != RECORD_GOOD && state != RECORD_TORN) {
				break;
			}
			if(state == RECORD_TORN || !is_alive(log, &at) || has_name(log, &at, name, strlen(name))) {
				continue;
			}
			if(pass == 0) {
				needed += record_size(at.name_length, at.data_length);
			} else if(!copy_record(log, &at, target + position)) {
				return SETTINGS_LOG_DEVICE;
			}
			position += record_size(at.name_length, at.data_length);
		}
		if(needed > bank_size(log)) {
			return SETTINGS_LOG_NO_SPACE;
		}
		if(pass == 0) {
			continue;
		}
		if(data != NULL) {
			if(!write_record(log, target + position, name, 0, data, length)) {
				return SETTINGS_LOG_DEVICE;
			}
			position += record_size((uint32_t)strlen(name), (uint32_t)length);
		}
		if(!write_bank_header(log, target, log->generation + 1)) {
			return SETTINGS_LOG_DEVICE;
		}
		log->bank = target;
		log->end = position;
		log->closed = false;
		++log->generation;
	}
	return SETTINGS_LOG_OK;
}

static settings_log_result append(settings_log* log, const char* name, uint32_t flags, const void* data, size_t length)
{
	if(!write_record(log, log->bank + log->end, name, flags, data, length)) {
		log->closed = true; // what stands there now is not known
		return SETTINGS_LOG_DEVICE;
	}
	log->end += record_size((uint32_t)strlen(name), (uint32_t)length);
	return SETTINGS_LOG_OK;
}

static bool fits(const settings_log* log, const char* name, size_t length)
{
	return !log->closed && length <= bank_size(log) &&
		   record_size((uint32_t)strlen(name), (uint32_t)length) <= bank_size(log) - log->end;
}

settings_log_result settings_log_write(settings_log* log, const char* name, const void* data, size_t length)
{
	if(!is_name(name)) {
		return SETTINGS_LOG_BAD_NAME;
	}
	if(length > bank_size(log)) {
		return SETTINGS_LOG_NO_SPACE;
	}
	if(fits(log, name, length)) {
		return append(log, name, 0, data, length);
	}
	return compact(log, name, data == NULL ? "" : data, length);
}

settings_log_result settings_log_remove(settings_log* log, const char* name)
{
	record at;
	if(!is_name(name)) {
		return SETTINGS_LOG_BAD_NAME;
	}
	if(!find(log, name, strlen(name), &at)) {
		return SETTINGS_LOG_NOT_FOUND;
	}
	return fits(log, name, 0) ? append(log, name, FLAG_REMOVED, "", 0) : compact(log, name, NULL, 0);
}

/* Make zeros of the data of a record. */
static bool clear_record(const settings_log* log, const record* at)
{
	static const uint8_t zeros[COPY_BLOCK];
	uint8_t block[COPY_BLOCK];
	uint32_t offset = at->offset + RECORD_HEADER + at->name_length;
	uint32_t left = at->data_length;
	while(left > 0) {
		uint32_t part = left < COPY_BLOCK ? left : COPY_BLOCK;
		if(!flash_read(log, offset, block, part)) {
			return false;
		}
		if(memcmp(block, zeros, part) != 0 && !flash_write(log, offset, zeros, part)) {
			return false;
		}
		offset += part;
		left -= part;
	}
	return true;
}

settings_log_result settings_log_forget(settings_log* log)
{
	uint32_t other = log->bank == 0 ? bank_size(log) : 0;
	if(!is_erased(log, other, other + bank_size(log)) && !erase_bank(log, other)) {
		return SETTINGS_LOG_DEVICE;
	}
	record at;
	for(uint32_t position = BANK_HEADER; position < log->end;
		position += record_size(at.name_length, at.data_length)) {
		record_state state = examine(log, log->bank, position, &at);
		if(state != RECORD_GOOD && state != RECORD_TORN) {
			return SETTINGS_LOG_DEVICE;
		}
		if((state == RECORD_TORN || !is_alive(log, &at)) && !clear_record(log, &at)) {
			return SETTINGS_LOG_DEVICE;
		}
	}
	return SETTINGS_LOG_OK;
}

settings_log_result settings_log_list(const settings_log* log,
									  bool (*callback)(void* arg, const char* name, uint32_t size), void* arg)
{
	record at;
	for(uint32_t position = BANK_HEADER; position < log->end;
		position += record_size(at.name_length, at.data_length)) {
		char name[SETTINGS_LOG_MAX_NAME + 1];
		record_state state = examine(log, log->bank, position, &at);
		if(state == RECORD_FAILED) {
			return SETTINGS_LOG_DEVICE;
		}
		if(state != RECORD_GOOD || !is_alive(log, &at)) {
			continue;
		}
		if(!flash_read(log, at.offset + RECORD_HEADER, name, at.name_length)) {
			return SETTINGS_LOG_DEVICE;
		}
		name[at.name_length] = '\0';
		if(!callback(arg, name, at.data_length)) {
			break;
		}
	}
	return SETTINGS_LOG_OK;
}
