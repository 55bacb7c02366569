/**
 * System: start-up, the queue of callbacks, and the turn of the main loop.
 *
 * Everything runs on one thread: start-up code calls initialize(), then the application's init(), then again
 * and again poll() and hal_idle().
 */
#pragma once

#include "../Delegate.h"
#include "Clocks.h"

/** The application's entry. */
extern void init();

typedef void (*TaskCallback32)(uint32_t param);
typedef void (*TaskCallback)(void* param);
using TaskDelegate = Delegate<void()>;
using SystemReadyDelegate = TaskDelegate;

/** Alternative to SystemReadyDelegate. */
class ISystemReadyHandler
{
public:
	virtual ~ISystemReadyHandler() = default;
	virtual void onSystemReady() = 0;
};

/** How far start-up has come. */
enum SystemState : uint8_t { eSS_None, eSS_Initializing, eSS_Ready };

/** The device as a whole: start-up, tasks, restart; the object is `System`. */
class SystemClass
{
public:
	/** Start-up code calls this before init(). Calling it again does nothing. @return false when it was called before */
	static bool initialize();

	/**
	 * Run the callbacks that wait, the timers that are due, and Serial's input.
	 * The first call tells the handlers given to onReady().
	 * @return microseconds until there is work again, at most 1,000,000
	 */
	static uint32_t poll();

	/** Call when init() has returned; later calls queue the handler. @return false when there is no memory or the queue is full */
	static bool onReady(SystemReadyDelegate readyHandler);
	static bool onReady(ISystemReadyHandler* readyHandler)
	{
		return onReady([readyHandler]() { readyHandler->onSystemReady(); });
	}
	static bool isReady()
	{
		return state == eSS_Ready;
	}

	/** Call from the main loop, in order. Not for interrupts. @return false when TASK_QUEUE_LENGTH callbacks wait already */
	static bool queueCallback(TaskDelegate callback);
	static bool queueCallback(TaskCallback callback, void* param)
	{
		return callback != nullptr && queueCallback(TaskDelegate([callback, param]() { callback(param); }));
	}
	static bool queueCallback(TaskCallback32 callback, uint32_t param = 0)
	{
		return callback != nullptr && queueCallback(TaskDelegate([callback, param]() { callback(param); }));
	}
	/** Most callbacks that ever waited at once. */
	static unsigned getMaxTaskCount()
	{
		return maxTaskCount;
	}

	/** Restart the device after `deferMillis`, at the earliest when the callback under way has returned. */
	static void restart(unsigned deferMillis = 0);
	/** @return false when this chip cannot run at that */
	static bool setCpuFrequency(CpuFrequency freq);
	static CpuFrequency getCpuFrequency();

	/**
	 * Drop everything that waits: callbacks and ready handlers. For start-up code at the end of a process.
	 */
	static void shutdown();

private:
	static SystemState state;
	static unsigned maxTaskCount;
};

extern SystemClass System;
