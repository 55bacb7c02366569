/* What hal_idle() waits for: an epoll set with a table of callbacks indexed by descriptor. */
#include "hal.h"
#include "hal_host.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* Events taken from the kernel at a time; the rest is reported by the next hal_idle(). */
#define BATCH 32

/* So little is not slept for: the caller comes again sooner than the kernel would wake it. */
#define SPIN_US 20

struct watch {
	hal_host_callback_t callback; /* NULL: not watched */
	void* arg;
	/* Distinguishes this watch from an earlier one of the same number whose events are still in a batch */
	uint32_t generation;
};

static int epoll_fd = -1;
static int wake_fd = -1;
static int alarm_fd = -1; /* timerfd: ends the wait */
static bool alarm_set;
static uint64_t alarm_us; /* hal_time_us() at which it rings */
static struct watch* watches;
static size_t watch_slots;
static size_t watch_total;
static uint32_t generation;
static unsigned idle_count;

static void close_all(void)
{
	if(wake_fd >= 0) {
		close(wake_fd);
	}
	if(alarm_fd >= 0) {
		close(alarm_fd);
	}
	if(epoll_fd >= 0) {
		close(epoll_fd);
	}
	wake_fd = -1;
	alarm_fd = -1;
	epoll_fd = -1;
}

static bool add_own(int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint32_t)fd};
	return fd >= 0 && epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool start(void)
{
	if(epoll_fd >= 0) {
		return true;
	}
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if(epoll_fd < 0) {
		return false;
	}
	wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	alarm_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if(!add_own(wake_fd) || !add_own(alarm_fd)) {
		int error = errno;
		close_all();
		errno = error;
		return false;
	}
	return true;
}

static struct watch* find(int fd)
{
	if(fd < 0 || (size_t)fd >= watch_slots || watches[fd].callback == NULL) {
		return NULL;
	}
	return &watches[fd];
}

static struct epoll_event event_of(int fd, uint32_t events)
{
	return (struct epoll_event){
		.events = events,
		.data.u64 = (uint64_t)watches[fd].generation << 32 | (uint32_t)fd,
	};
}

int hal_host_watch(int fd, uint32_t events, hal_host_callback_t callback, void* arg)
{
	if(fd < 0 || callback == NULL) {
		errno = fd < 0 ? EBADF : EINVAL;
		return -1;
	}
	if(find(fd) != NULL) {
		errno = EEXIST;
		return -1;
	}
	if(!start()) {
		return -1;
	}
	if((size_t)fd >= watch_slots) {
		size_t slots = (size_t)fd + 16;
		struct watch* bigger = realloc(watches, slots * sizeof(*watches));
		if(bigger == NULL) {
			errno = ENOMEM;
			return -1;
		}
		memset(bigger + watch_slots, 0, (slots - watch_slots) * sizeof(*watches));
		watches = bigger;
		watch_slots = slots;
	}
	watches[fd].generation = ++generation;
	struct epoll_event event = event_of(fd, events);
	if(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
		return -1;
	}
	watches[fd].callback = callback;
	watches[fd].arg = arg;
	++watch_total;
	return 0;
}

int hal_host_modify(int fd, uint32_t events)
{
	if(find(fd) == NULL) {
		errno = ENOENT;
		return -1;
	}
	struct epoll_event event = event_of(fd, events);
	return epoll_ctl(epoll_fd, EPOLL_CTL_MOD, fd, &event);
}

int hal_host_unwatch(int fd)
{
	struct watch* watch = find(fd);
	if(watch == NULL) {
		errno = ENOENT;
		return -1;
	}
	watch->callback = NULL;
	--watch_total;
	/* Fails when the descriptor was closed before; the kernel has then forgotten it already */
	(void)epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
	return 0;
}

void hal_host_close(int fd)
{
	struct watch* watch = find(fd);
	if(watch != NULL) {
		watch->callback = NULL;
		--watch_total;
	}
	/* The kernel takes a descriptor that is closed out of the set by itself (epoll(7)) */
	(void)close(fd);
}

size_t hal_host_watch_count(void)
{
	return watch_total;
}

void hal_host_wake(void)
{
	if(wake_fd < 0) {
		return; /* hal_idle() did not wait yet: nobody has to be woken */
	}
	int error = errno;
	uint64_t one = 1;
	/* Fails only when the counter is full: then a wake-up waits already */
	ssize_t written = write(wake_fd, &one, sizeof(one));
	(void)written;
	errno = error;
}

unsigned hal_host_idle_count(void)
{
	return idle_count;
}

/*
 * Wait at most so long. A time-out of the call itself would set and take back a timer of the kernel each time, which costs
 * as much as the rest of the call (on a virtual machine its host is asked). So there is one timer for all, in the set like
 * anything else: it is set only when it would ring too late, and rings sometimes for nothing.
 */
static int wait_for_events(struct epoll_event* events, uint32_t max_us)
{
	if(max_us < SPIN_US) {
		return epoll_wait(epoll_fd, events, BATCH, 0);
	}
	uint64_t end_us = hal_time_us() + max_us;
	if(!alarm_set || end_us < alarm_us) {
		struct itimerspec time = {
			.it_value = {.tv_sec = max_us / 1000000u, .tv_nsec = (long)(max_us % 1000000u) * 1000},
		};
		if(timerfd_settime(alarm_fd, 0, &time, NULL) != 0) {
			hal_panic("hal_idle: no timer");
		}
		alarm_set = true;
		alarm_us = end_us;
	}
	return epoll_wait(epoll_fd, events, BATCH, -1);
}

/* Take what an eventfd or timerfd counted, so that it does not ring on. */
static void take_count(int fd)
{
	uint64_t counter;
	ssize_t got = read(fd, &counter, sizeof(counter));
	(void)got;
}

void hal_idle(uint32_t max_us)
{
	hal_host_console_flush();
	if(!start()) {
		hal_panic("hal_idle: no epoll");
	}

	struct epoll_event events[BATCH];
	int count = wait_for_events(events, max_us);
	++idle_count;
	for(int i = 0; i < count; ++i) {
		int fd = (int)(uint32_t)events[i].data.u64;
		if(fd == wake_fd || fd == alarm_fd) {
			take_count(fd);
			alarm_set = alarm_set && fd != alarm_fd;
			continue;
		}
		struct watch* watch = find(fd);
		if(watch != NULL && watch->generation == (uint32_t)(events[i].data.u64 >> 32)) {
			watch->callback(watch->arg, events[i].events);
		}
	}
}
