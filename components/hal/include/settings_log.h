/**
 * settings_log: a few small files in a part of flash that survive a power cut at any moment.
 *
 * The area is two banks of equal size. One is current: records are appended to it, each a whole file under its name;
 * of several records of one name the last counts. When a record does not fit, the other bank is erased, what is alive
 * is copied there with the new record, and the bank's header is written last: from then on it is the current one.
 *
 *     bank    header: magic, generation, CRC-32 of both; then records, each from an offset divisible by 4
 *     record  magic and flags, length of the name, length of the data, CRC-32 of the header, CRC-32 of name and data;
 *             then the name, then the data
 *
 * All numbers are little-endian 32-bit words. A cut within a record leaves a header or contents whose CRC does not
 * match: the record is as if it had never been. A cut before a bank's header is complete leaves the other bank current.
 * So a file has its old contents or its new ones, and all others are as they were.
 *
 * Flash is written in order, each byte once between two erasures, in pieces of any length. Only settings_log_forget()
 * writes a second time, zeros. No memory is allocated.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Characters of a name. */
#define SETTINGS_LOG_MAX_NAME 64

/** The flash below; offsets count from the start of the area. All return false on failure. */
typedef struct {
	bool (*read)(void* arg, uint32_t offset, void* data, size_t length);
	bool (*write)(void* arg, uint32_t offset, const void* data, size_t length);
	bool (*erase)(void* arg, uint32_t offset); /**< the sector that begins at `offset` */
	void* arg;
	uint32_t sector_size; /**< bytes, a power of two from 512 on */
	uint32_t size;		  /**< of the area: an even number of sectors, two at least */
} settings_log_flash;

typedef struct {
	settings_log_flash flash;
	uint32_t bank;		 /**< offset of the current bank */
	uint32_t end;		 /**< where the next record goes, from the bank's start */
	uint32_t generation; /**< of the current bank */
	bool closed;		 /**< a torn record stands at the end: nothing can be appended */
} settings_log;

/** What came of a call. The numbers are those of the file functions (FileSystem.h). */
typedef enum {
	SETTINGS_LOG_OK = 0,
	SETTINGS_LOG_NOT_FOUND = -2,
	SETTINGS_LOG_BAD_NAME = -3, /**< empty or too long */
	SETTINGS_LOG_NO_SPACE = -6,
	SETTINGS_LOG_DEVICE = -9, /**< flash failed */
} settings_log_result;

/**
 * Find what is stored. An area without a valid bank (erased, or used by something else) is made empty.
 * @return false when the geometry is wrong or flash fails
 */
bool settings_log_mount(settings_log* log, const settings_log_flash* flash);

/** Tell whether a valid bank is there, and change nothing: settings_log_mount() would keep what is stored. */
bool settings_log_exists(const settings_log_flash* flash);

/** @return bytes of a file, or a result below 0 */
int32_t settings_log_size(const settings_log* log, const char* name);

/** Read a part of a file. @return bytes read, 0 from its end on, or a result below 0 */
int32_t settings_log_read(const settings_log* log, const char* name, uint32_t offset, void* data, size_t length);

/** Replace a file as a whole. After a failure it is as it was. */
settings_log_result settings_log_write(settings_log* log, const char* name, const void* data, size_t length);

settings_log_result settings_log_remove(settings_log* log, const char* name);

/**
 * Destroy what earlier contents of the files have left in flash: in the current bank with zeros, which make a torn
 * record of it; the other bank is erased, if it is not. For secrets. After a power cut the next call completes it.
 */
settings_log_result settings_log_forget(settings_log* log);

/**
 * Call back for each file, in the order they were written.
 * @param callback returns false to stop
 */
settings_log_result settings_log_list(const settings_log* log,
									  bool (*callback)(void* arg, const char* name, uint32_t size), void* arg);

#ifdef __cplusplus
}
#endif
