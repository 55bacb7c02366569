/** Files, sockets, clock and random source of a POSIX system. */
#if defined(__unix__)
#define _GNU_SOURCE
#include "api.h"
#include <errno.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/** Certificates and keys are a few KB. */
#define MAX_FILE (256 * 1024)

static int result_of(ssize_t count)
{
	if (count < 0) {
		return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? SSL_EAGAIN : SSL_ERROR_CONN_LOST;
	}
	return (int)count;
}

static int posix_read(void *param, int fd, uint8_t *data, int length)
{
	(void)param;
	return result_of(read(fd, data, (size_t)length));
}

static int posix_write(void *param, int fd, const uint8_t *data, int length)
{
	(void)param;
	ssize_t count = send(fd, data, (size_t)length, MSG_NOSIGNAL);
	return result_of(count < 0 && errno == ENOTSOCK ? write(fd, data, (size_t)length) : count);
}

static bool posix_random(void *param, uint8_t *data, size_t length)
{
	(void)param;
	while (length > 0) {
		ssize_t count = getrandom(data, length, 0);
		if (count < 0) {
			if (errno == EINTR) {
				continue;
			}
			return false;
		}
		data += count;
		length -= (size_t)count;
	}
	return true;
}

static bool posix_time(void *param, int64_t *seconds)
{
	(void)param;
	*seconds = (int64_t)time(NULL);
	return true;
}

const SSL_PLATFORM ssl_platform_posix = {posix_read, posix_write, posix_random, posix_time, &axtls_memory_default, NULL};

int ssl_obj_load(SSL_CTX *context, int type, const char *filename, const char *password)
{
	FILE *file = fopen(filename, "rb");
	int result = SSL_NOT_OK;

	if (file == NULL) {
		return SSL_NOT_OK;
	}
	long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
	if (size > 0 && size <= MAX_FILE && fseek(file, 0, SEEK_SET) == 0) {
		uint8_t *data = api_allocate(context, (size_t)size, AXTLS_MEMORY_CONTEXT);
		if (data != NULL) {
			if (fread(data, 1, (size_t)size, file) == (size_t)size) {
				result = ssl_obj_memory_load(context, type, data, (int)size, password);
			}
			api_release(context, data, (size_t)size, AXTLS_MEMORY_CONTEXT);
		}
	}
	fclose(file);
	return result;
}

#else

#include "api.h"

int ssl_obj_load(SSL_CTX *context, int type, const char *filename, const char *password)
{
	(void)context;
	(void)type;
	(void)filename;
	(void)password;
	return SSL_ERROR_NOT_SUPPORTED;
}

#endif
