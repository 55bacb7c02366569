/* Console: stdout, gathered into lines, and stdin without waiting. */
#include "hal.h"
#include "hal_host.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static char line[1024];
static size_t line_length;
static bool output_gone; /* the reader went away: further output has nowhere to go */
static bool input_ended;
static bool input_watched;
static unsigned input_asked; /* hal_host_idle_count() when hal_console_read() last took its word */

static void write_all(const char* data, size_t length)
{
	while(length != 0 && !output_gone) {
		ssize_t written = write(STDOUT_FILENO, data, length);
		if(written >= 0) {
			data += written;
			length -= (size_t)written;
		} else if(errno == EAGAIN || errno == EWOULDBLOCK) {
			struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
			(void)poll(&out, 1, -1);
		} else if(errno != EINTR) {
			output_gone = true;
		}
	}
}

void hal_host_console_flush(void)
{
	size_t length = line_length;
	line_length = 0;
	write_all(line, length);
}

void hal_console_write(const void* data, size_t length)
{
	const char* text = data;
	while(length != 0) {
		if(line_length == sizeof(line)) {
			hal_host_console_flush();
		}
		size_t room = sizeof(line) - line_length;
		size_t part = length < room ? length : room;
		memcpy(line + line_length, text, part);
		line_length += part;
		text += part;
		length -= part;
	}
	if(memrchr(line, '\n', line_length) != NULL) {
		hal_host_console_flush();
	}
}

static void on_input(void* arg, uint32_t events)
{
	/* Only to wake up hal_idle(): whoever wants the input reads it in the main loop. Watching on would spin
	 * as long as nobody does. */
	(void)arg;
	(void)events;
	input_watched = false;
	(void)hal_host_unwatch(STDIN_FILENO);
}

/* Let hal_idle() return when there is input (again). */
static void watch_input(void)
{
	if(input_watched) {
		return;
	}
	input_watched = hal_host_watch(STDIN_FILENO, HAL_HOST_READABLE, on_input, NULL) == 0;
	if(!input_watched && errno == EPERM) {
		hal_host_wake(); /* a file: never has to be waited for */
	}
}

size_t hal_console_read(void* data, size_t length)
{
	if(input_ended || length == 0) {
		return 0;
	}
	/* The main loop asks after each hal_idle(), which would have said so. Whoever asks again gets a fresh answer. */
	if(input_watched && input_asked != hal_host_idle_count()) {
		input_asked = hal_host_idle_count();
		return 0;
	}
	/* Not O_NONBLOCK: that would change the terminal for the shell we share it with */
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
	ssize_t got = -1;
	if(poll(&in, 1, 0) > 0) {
		got = read(STDIN_FILENO, data, length);
		if(got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) {
			input_ended = true;
			return 0;
		}
	}
	watch_input();
	return got > 0 ? (size_t)got : 0;
}
