/**
 * Timers that call back from System.poll(): Timer (delegates), SimpleTimer (plain functions).
 *
 * A timer may be stopped, restarted or deleted in its own callback. Due timers run in order of their time;
 * one that fell behind by several periods runs once and then goes on from now. Needs no heap.
 */
#pragma once

#include "Delegate.h"
#include "NanoTime.h"

typedef void (*TimerCallback)(void* arg); ///< plain function with the argument given to setCallback()
using TimerDelegate = Delegate<void()>;

/** Common part, not typed on the callback. Times in microseconds. */
class TimerBase
{
public:
	TimerBase() = default;
	TimerBase(const TimerBase&) = delete;
	TimerBase& operator=(const TimerBase&) = delete;

	/** Begin counting. Restarts when already started. @return false without callback or interval */
	bool start(bool repeating = true);
	bool startOnce()
	{
		return start(false);
	}
	bool restart() ///< as it was started last
	{
		return start(repeating);
	}
	/** Set the interval and start(). */
	bool startUs(uint64_t microseconds, bool repeating = false)
	{
		return setIntervalUs(microseconds) && start(repeating);
	}
	bool startMs(uint32_t milliseconds, bool repeating = false)
	{
		return setIntervalMs(milliseconds) && start(repeating);
	}
	void stop();
	bool isStarted() const
	{
		return started;
	}
	/** @return false for 0, which leaves the timer stopped. A running timer starts anew. */
	bool setIntervalUs(uint64_t microseconds);
	bool setIntervalMs(uint32_t milliseconds)
	{
		return setIntervalUs(uint64_t(milliseconds) * 1000);
	}
	template <uint64_t microseconds> bool setIntervalUs()
	{
		static_assert(microseconds != 0, "Timer interval out of range");
		return setIntervalUs(microseconds);
	}
	template <uint32_t milliseconds> bool setIntervalMs()
	{
		static_assert(milliseconds != 0, "Timer interval out of range");
		return setIntervalMs(milliseconds);
	}
	NanoTime::Time<uint64_t> getIntervalUs() const
	{
		return NanoTime::Time<uint64_t>(NanoTime::Microseconds, intervalUs);
	}
	NanoTime::Time<uint32_t> getIntervalMs() const
	{
		return NanoTime::Time<uint32_t>(NanoTime::Milliseconds, uint32_t(intervalUs / 1000));
	}

	/**
	 * Run what is due; called by System.poll().
	 * @return microseconds until the next one is due, UINT64_MAX when none is started
	 */
	static uint64_t runDue();
	/** Microseconds until the next one is due, UINT64_MAX when none is started. */
	static uint64_t nextDue();

protected:
	virtual ~TimerBase();
	virtual bool hasCallback() const = 0;
	virtual void call() = 0; ///< the timer may be gone when it returns

private:
	void link();
	void unlink();

	TimerBase* next = nullptr; ///< in order of dueUs
	uint64_t intervalUs = 0;
	uint64_t dueUs = 0;
	bool repeating = true;
	bool started = false;
};

/** initialize…() of each kind of timer, giving the timer for `.start()`. */
template <class Derived, typename Callback> class TimerInitialize : public TimerBase
{
public:
	Derived& initializeUs(uint64_t microseconds, Callback callback)
	{
		self().setCallback(std::move(callback));
		setIntervalUs(microseconds);
		return self();
	}
	Derived& initializeMs(uint32_t milliseconds, Callback callback)
	{
		return initializeUs(uint64_t(milliseconds) * 1000, std::move(callback));
	}
	template <uint64_t microseconds> Derived& initializeUs(Callback callback)
	{
		static_assert(microseconds != 0, "Timer interval out of range");
		return initializeUs(microseconds, std::move(callback));
	}
	template <uint32_t milliseconds> Derived& initializeMs(Callback callback)
	{
		static_assert(milliseconds != 0, "Timer interval out of range");
		return initializeMs(milliseconds, std::move(callback));
	}

private:
	Derived& self()
	{
		return static_cast<Derived&>(*this);
	}
};

/** Timer with a delegate: functions, methods, lambdas. */
class Timer : public TimerInitialize<Timer, TimerDelegate>
{
	using Base = TimerInitialize<Timer, TimerDelegate>;

public:
	~Timer() override;
	using Base::initializeMs;
	using Base::initializeUs;

	Timer& initializeMs(uint32_t milliseconds, TimerCallback callback, void* arg)
	{
		return initializeMs(milliseconds, bind(callback, arg));
	}
	Timer& initializeUs(uint64_t microseconds, TimerCallback callback, void* arg)
	{
		return initializeUs(microseconds, bind(callback, arg));
	}
	template <uint32_t milliseconds> Timer& initializeMs(TimerCallback callback, void* arg)
	{
		return initializeMs<milliseconds>(bind(callback, arg));
	}
	/** Stops the timer and sets what it calls. */
	void setCallback(TimerDelegate callback);
	void setCallback(TimerCallback callback, void* arg)
	{
		setCallback(bind(callback, arg));
	}

protected:
	bool hasCallback() const override
	{
		return bool(callback);
	}
	void call() override;

private:
	static TimerDelegate bind(TimerCallback callback, void* arg)
	{
		if(callback == nullptr) {
			return nullptr;
		}
		return [callback, arg]() { callback(arg); };
	}

	TimerDelegate callback;
	bool* calling = nullptr; ///< while in call(): to be set false when the delegate was replaced or the timer deleted
};

/** Deletes itself once it has run out; make it with new. */
class AutoDeleteTimer : public Timer
{
protected:
	void call() override;
};

/** Timer with a plain function: smaller. */
class SimpleTimer : public TimerInitialize<SimpleTimer, InterruptCallback>
{
	using Base = TimerInitialize<SimpleTimer, InterruptCallback>;

public:
	~SimpleTimer() override;
	using Base::initializeMs;
	using Base::initializeUs;

	SimpleTimer& initializeMs(uint32_t milliseconds, TimerCallback callback, void* arg = nullptr)
	{
		setCallback(callback, arg);
		setIntervalMs(milliseconds);
		return *this;
	}
	SimpleTimer& initializeUs(uint64_t microseconds, TimerCallback callback, void* arg = nullptr)
	{
		setCallback(callback, arg);
		setIntervalUs(microseconds);
		return *this;
	}
	template <uint32_t milliseconds> SimpleTimer& initializeMs(TimerCallback callback, void* arg = nullptr)
	{
		static_assert(milliseconds != 0, "Timer interval out of range");
		return initializeMs(milliseconds, callback, arg);
	}
	void setCallback(InterruptCallback callback);
	void setCallback(TimerCallback callback, void* arg = nullptr);

protected:
	bool hasCallback() const override
	{
		return plain != nullptr || withArg != nullptr;
	}
	void call() override;

private:
	InterruptCallback plain = nullptr;
	TimerCallback withArg = nullptr;
	void* arg = nullptr;
};
