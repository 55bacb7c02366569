/** Numbers an application can change by defining them for its build (USER_CFLAGS). */
#pragma once

#ifndef SERIAL_BAUD_RATE
#define SERIAL_BAUD_RATE 115200 ///< of the console, bits per second
#endif
#ifndef COM_SPEED_SERIAL
#define COM_SPEED_SERIAL SERIAL_BAUD_RATE ///< its name in older applications
#endif

#ifndef TASK_QUEUE_LENGTH
#define TASK_QUEUE_LENGTH 16 ///< callbacks that can wait in System.queueCallback()
#endif

#ifndef SERIAL_RX_BUFFER_SIZE
#define SERIAL_RX_BUFFER_SIZE 128 ///< bytes, a power of two
#endif
