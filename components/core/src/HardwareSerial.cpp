#include "HardwareSerial.h"
#include "hal.h"
#include "m_printf.h"

// Before all static objects of the application and after them: their constructors and destructors may print
__attribute__((init_priority(101))) HardwareSerial Serial(UART_ID_0);

namespace
{
static_assert((SERIAL_RX_BUFFER_SIZE & (SERIAL_RX_BUFFER_SIZE - 1)) == 0 && SERIAL_RX_BUFFER_SIZE <= 0x8000,
			  "SERIAL_RX_BUFFER_SIZE must be a power of two");
constexpr unsigned mask = SERIAL_RX_BUFFER_SIZE - 1;

size_t debugToConsole(const char* text, size_t length)
{
	hal_console_write(text, length);
	return length;
}
} // namespace

bool HardwareSerial::begin(uint32_t rate, unsigned config, SerialMode mode)
{
	(void)config;
	(void)mode;
	baud = rate;
	started = true;
	return true;
}

void HardwareSerial::end()
{
	started = false;
	receivedDelegate = nullptr;
}

void HardwareSerial::fill()
{
	// In up to two pieces: to the end of the ring, then from its start
	for(int piece = 0; piece < 2; ++piece) {
		unsigned room = SERIAL_RX_BUFFER_SIZE - waiting();
		unsigned place = head & mask;
		unsigned straight = SERIAL_RX_BUFFER_SIZE - place;
		head = uint16_t(head + hal_console_read(input + place, room < straight ? room : straight));
		if((head & mask) != 0) {
			break;
		}
	}
}

int HardwareSerial::available()
{
	fill();
	return int(waiting());
}

int HardwareSerial::peek()
{
	return available() == 0 ? -1 : uint8_t(input[tail & mask]);
}

int HardwareSerial::read()
{
	int c = peek();
	if(c >= 0) {
		++tail;
	}
	return c;
}

void HardwareSerial::flush()
{
	// hal_console_write() returns when everything was taken
}

size_t HardwareSerial::write(uint8_t c)
{
	return write(&c, 1);
}

size_t HardwareSerial::write(const uint8_t* buffer, size_t size)
{
	if(buffer == nullptr) {
		return 0;
	}
	hal_console_write(buffer, size);
	return size;
}

void HardwareSerial::systemDebugOutput(bool enabled)
{
	m_setPuts(enabled ? debugToConsole : nullptr);
}

bool HardwareSerial::onDataReceived(StreamDataReceivedDelegate dataReceivedDelegate)
{
	receivedDelegate = std::move(dataReceivedDelegate);
	return true;
}

void HardwareSerial::poll()
{
	// Without a listener input stays with the system until somebody reads it
	if(!receivedDelegate) {
		return;
	}
	uint16_t before = head;
	fill();
	if(head != before) {
		// A copy, as the callback may replace it
		auto callback = receivedDelegate;
		callback(*this, input[(head - 1) & mask], uint16_t(waiting()));
	}
}
