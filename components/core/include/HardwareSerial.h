/**
 * Serial: the console (UART0 on chips, stdin and stdout on the host).
 */
#pragma once

#include "Stream.h"
#include "sming_config.h"

#define UART_ID_0 0
#define UART_ID_1 1

#define SERIAL_8N1 0

/** Directions that a port is used in. */
enum SerialMode { SERIAL_FULL, SERIAL_RX_ONLY, SERIAL_TX_ONLY };

/** A serial port as a stream; the object `Serial` is the console. */
class HardwareSerial : public Stream
{
public:
	explicit HardwareSerial(int uartPort = UART_ID_0) : uartNr(uartPort)
	{
	}
	HardwareSerial(const HardwareSerial&) = delete;
	HardwareSerial& operator=(const HardwareSerial&) = delete;

	/** Rates other than the console's are for the driver of the chip; the host takes any. */
	bool begin(uint32_t baud = SERIAL_BAUD_RATE, unsigned config = SERIAL_8N1, SerialMode mode = SERIAL_FULL);
	void end();
	explicit operator bool() const
	{
		return started;
	}
	uint32_t baudRate() const
	{
		return baud;
	}

	int available() override;
	int read() override;
	int peek() override;
	void flush() override;
	using Print::write;
	size_t write(uint8_t c) override;
	size_t write(const uint8_t* buffer, size_t size) override;

	/** Send debug_e() and its relatives here, or nowhere. */
	void systemDebugOutput(bool enabled);
	/** Call when bytes arrive. @return true */
	bool onDataReceived(StreamDataReceivedDelegate dataReceivedDelegate);

	/** Kept for Sming: writing always waits and buffers have a fixed size. */
	void setTxWait(bool wait)
	{
		(void)wait;
	}
	size_t setTxBufferSize(size_t size)
	{
		return size;
	}
	size_t setRxBufferSize(size_t size)
	{
		(void)size;
		return SERIAL_RX_BUFFER_SIZE;
	}
	int getPort() const
	{
		return uartNr;
	}

	/** Fetch input and tell onDataReceived(); called by System.poll(). */
	void poll();

private:
	void fill();
	unsigned waiting() const
	{
		return uint16_t(head - tail); // both wrap
	}

	StreamDataReceivedDelegate receivedDelegate;
	uint32_t baud = 0;
	uint16_t head = 0; ///< next place to fill
	uint16_t tail = 0; ///< next byte to read
	int8_t uartNr;
	bool started = false;
	char input[SERIAL_RX_BUFFER_SIZE];
};

extern HardwareSerial Serial;
