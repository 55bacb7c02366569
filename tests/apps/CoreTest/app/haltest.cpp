#include "tests.h"
#include <BitManipulations.h>
#include <Clock.h>
#include <debug_progmem.h>
#include <cstdio>
#include <cstdlib>
#include <esp_systemapi.h>
#include <fcntl.h>
#include <hal.h>
#include <unistd.h>

namespace
{
void testFlash()
{
	CHECK(hal_flash_size() == 4u << 20 && hal_flash_sector_size() == 4096);
	uint8_t data[8];
	CHECK(hal_flash_read(4096, data, sizeof(data)) && data[0] == 0xFF && data[7] == 0xFF);
	CHECK(hal_flash_write(4096, "\x0F\xF0", 2) && hal_flash_write(4096, "\xFF\x30", 2));
	CHECK(hal_flash_read(4096, data, 2) && data[0] == 0x0F && data[1] == 0x30); // bits only go off
	CHECK(!hal_flash_erase(4097) && hal_flash_erase(4096));
	CHECK(hal_flash_read(4096, data, 2) && data[0] == 0xFF);
	CHECK(!hal_flash_read(hal_flash_size() - 4, data, 5) && hal_flash_read(hal_flash_size() - 4, data, 4));
	CHECK(!hal_flash_write(hal_flash_size(), data, 1) && !hal_flash_read(UINT32_MAX, data, 8));
	CHECK(!hal_flash_erase(hal_flash_size()));

	char name[] = P_tmpdir "/coretest-flash-XXXXXX";
	int fd = mkstemp(name);
	CHECK(fd >= 0 && write(fd, "abc", 3) == 3);
	close(fd);
	CHECK(!hal_host_set_flash_file(name, 100) && !hal_host_set_flash_file("/nowhere/at/all", 8192));
	CHECK(hal_host_set_flash_file(name, 8192) && hal_flash_size() == 8192);
	CHECK(hal_flash_read(0, data, 4) && memcmp(data, "abc\xFF", 4) == 0);
	CHECK(hal_flash_erase(0) && hal_flash_write(8188, "tail", 4) && hal_host_set_flash_file(name, 8192));
	CHECK(hal_flash_read(8188, data, 4) && memcmp(data, "tail", 4) == 0);
	CHECK(hal_flash_read(0, data, 1) && data[0] == 0xFF);
	unlink(name);
}

struct Pipe {
	Pipe()
	{
		CHECK(pipe2(ends, O_NONBLOCK) == 0);
	}
	~Pipe()
	{
		close(ends[0]);
		close(ends[1]);
	}
	int ends[2];
	unsigned calls = 0;
	Pipe* other = nullptr;

	static void readable(void* arg, uint32_t events)
	{
		auto self = static_cast<Pipe*>(arg);
		++self->calls;
		CHECK((events & HAL_HOST_READABLE) != 0);
		char c;
		CHECK(read(self->ends[0], &c, 1) == 1);
		if(self->other != nullptr) {
			CHECK(hal_host_unwatch(self->other->ends[0]) == 0);
		}
	}
};

void testEvents()
{
	size_t watched = hal_host_watch_count();
	Pipe a, b;
	CHECK(hal_host_watch(a.ends[0], HAL_HOST_READABLE, Pipe::readable, &a) == 0);
	CHECK(hal_host_watch(a.ends[0], HAL_HOST_READABLE, Pipe::readable, &a) == -1);
	CHECK(hal_host_watch(-1, HAL_HOST_READABLE, Pipe::readable, &a) == -1);
	CHECK(hal_host_watch(a.ends[1], HAL_HOST_READABLE, nullptr, &a) == -1);
	hal_idle(0);
	CHECK_EQ(a.calls, 0u);
	CHECK(write(a.ends[1], "x", 1) == 1);
	hal_idle(1000000);
	CHECK_EQ(a.calls, 1u);

	// Both become readable at once; whichever is called first unwatches the other, which then stays quiet
	CHECK(hal_host_watch(b.ends[0], HAL_HOST_READABLE, Pipe::readable, &b) == 0);
	a.other = &b;
	b.other = &a;
	CHECK(write(a.ends[1], "x", 1) == 1 && write(b.ends[1], "x", 1) == 1);
	hal_idle(1000000);
	CHECK_EQ(a.calls + b.calls, 2u);
	CHECK_EQ(hal_host_watch_count(), watched + 1);
	CHECK(hal_host_modify(a.calls == 2 ? a.ends[0] : b.ends[0], 0) == 0);
	CHECK(hal_host_modify(a.ends[1], 0) == -1 && hal_host_unwatch(a.ends[1]) == -1 && hal_host_unwatch(9999) == -1);
	hal_host_unwatch(a.ends[0]);
	hal_host_unwatch(b.ends[0]);
	CHECK_EQ(hal_host_watch_count(), watched);

	hal_host_wake();
	uint64_t start = hal_time_us();
	hal_idle(2000000);
	CHECK(hal_time_us() - start < 1000000);
	start = hal_time_us();
	hal_idle(1500); // finer than milliseconds
	CHECK(hal_time_us() - start >= 1500);
}

String logged;

size_t toLog(const char* text, size_t length)
{
	return logged.concat(text, length) ? length : 0;
}

void testDebug()
{
	auto former = m_setPuts(toLog);
	CHECK_EQ(m_printf("%d-%s", 5, "x"), 3);
	CHECK_EQ(m_puts("p") + m_putc('c') + m_puts(nullptr), 2);
	String longText = String().padRight(300, 'x');
	CHECK_EQ(m_printf("%s", longText.c_str()), 300);
	logged = nullptr;
	debug_e("broken: %u", 7u);
	CHECK(logged.endsWith(" E broken: 7\r\n"));
	logged = nullptr;
	debug_d("not shown at this level");
	CHECK(logged.isEmpty());
	m_printHex("tag", "0123456789abcdef\n", 17, 0, 16);
	CHECK(logged.startsWith("tag: 0000  30 31 32 ") && logged.indexOf("0123456789abcdef\r\n") > 0);
	CHECK(logged.endsWith(" .\r\n"));
	m_setPuts(nullptr);
	logged = nullptr;
	debug_e("nobody hears");
	CHECK(logged.isEmpty() && m_printf("x") == 0);
	m_setPuts(former);
	char buffer[5];
	CHECK_EQ(m_snprintf(buffer, sizeof(buffer), "%s", "123456"), 6);
	CHECK_EQ(String(buffer), "1234");
}

void testBits()
{
	unsigned value = 0;
	bitSet(value, 3);
	bitWrite(value, 0, true);
	CHECK(value == 9 && bitRead(value, 3) == 1 && bitRead(value, 2) == 0);
	bitToggle(value, 3);
	bitClear(value, 0);
	CHECK_EQ(value, 0u);
}
} // namespace

void testHal()
{
	Check::group("hal");
	uint8_t first[300], second[300];
	CHECK(hal_random(first, sizeof(first)) && hal_random(second, sizeof(second)));
	CHECK(memcmp(first, second, sizeof(first)) != 0);
	CHECK(hal_random(first, 0));
	CHECK(os_random() != os_random() || os_random() != os_random());
	CHECK(hal_chip_id() == system_get_chip_id() && hal_cpu_frequency_get() != 0);
	CHECK(system_update_cpu_freq(80) && system_get_cpu_freq() == 80);
	CHECK(hal_heap_total() > 0 && hal_heap_free() > 0);
	CHECK(String(system_get_sdk_version()).startsWith("sming-host 0."));
	uint32_t earlier = system_get_time();
	delay(1);
	CHECK(system_get_time() - earlier >= 1000 && millis() == uint32_t(hal_time_us() / 1000));
	uint64_t before = hal_time_us();
	os_delay_us(200);
	CHECK(hal_time_us() - before >= 200);
	testFlash();
	testEvents();
	testDebug();
	testBits();
}
