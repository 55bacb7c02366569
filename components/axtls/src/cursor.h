/**
 * cursor.h: a bounded view on bytes of the peer's. It cannot read outside.
 *
 * Reading past the end gives zeros and sets `overrun`, for good. Whoever reads a structure reads all of its fields
 * without a check in between, and asks cursor_is_done() or cursor_is_intact() once, before a value is used.
 */
#ifndef AXTLS_CURSOR_H
#define AXTLS_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
	const uint8_t *at;
	size_t left;
	bool overrun;
} cursor;

static inline cursor cursor_over(const uint8_t *data, size_t length)
{
	cursor c = {data, length, false};
	return c;
}

/** The next `length` bytes, or NULL (with overrun set) when there are not so many. */
static inline const uint8_t *cursor_take(cursor *c, size_t length)
{
	if (c->overrun || length > c->left) {
		c->overrun = true;
		c->left = 0;
		return NULL;
	}
	const uint8_t *data = c->at;
	c->at += length;
	c->left -= length;
	return data;
}

/** Unsigned number of 1 to 4 bytes, big-endian. */
static inline uint32_t cursor_number(cursor *c, size_t bytes)
{
	const uint8_t *data = cursor_take(c, bytes);
	uint32_t value = 0;
	for (size_t i = 0; data != NULL && i < bytes; i++) {
		value = (value << 8) | data[i];
	}
	return value;
}

static inline uint8_t cursor_u8(cursor *c)
{
	return (uint8_t)cursor_number(c, 1);
}

static inline uint16_t cursor_u16(cursor *c)
{
	return (uint16_t)cursor_number(c, 2);
}

/** A vector: its length in `bytes` bytes, then its contents. On overrun the result is empty and itself overrun. */
static inline cursor cursor_vector(cursor *c, size_t bytes)
{
	size_t length = cursor_number(c, bytes);
	const uint8_t *data = cursor_take(c, length);
	cursor inner = {data, data == NULL ? 0 : length, data == NULL};
	return inner;
}

/** Everything was there, and nothing is left over. */
static inline bool cursor_is_done(const cursor *c)
{
	return !c->overrun && c->left == 0;
}

#endif
