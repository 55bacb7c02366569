/**
 * Ssl::HandshakeQueue: lets a few handshakes run at once and the rest wait their turn.
 *
 * A handshake is the time in which a connection takes the most memory and nearly all of its computing; a chip that
 * begins five of them finishes none. Whoever accepts connections enters each one when its first bytes have arrived
 * (a peer that only connects must not take a turn), starts its session when it is admitted, and leaves when the
 * handshake has ended, however it did.
 *
 *     Ssl::HandshakeQueue::Place place;                              // in the connection
 *     if(queue.enter(place, [this]() { beginHandshake(); })) {
 *         beginHandshake();
 *     }
 *     …
 *     place.leave();                                                 // its destructor does so, too
 *
 * A turn is for a time: whoever is admitted for longer than `patience` while others wait no longer counts, so that
 * stalling peers delay the others but cannot lock them out. The memory that is in use then still bounds the number.
 */
#pragma once

#include <CallbackTimer.h>
#include <Delegate.h>
#include <cstddef>
#include <cstdint>

/** Handshakes at once unless the application says otherwise. */
#ifndef SSL_MAX_HANDSHAKES
#ifdef ARCH_HOST
#define SSL_MAX_HANDSHAKES 16
#else
#define SSL_MAX_HANDSHAKES 2
#endif
#endif

namespace Ssl
{
class HandshakeQueue
{
public:
	using Callback = Delegate<void()>;

	/** A connection's place in the queue. */
	class Place
	{
	public:
		Place() = default;
		~Place()
		{
			leave();
		}
		Place(const Place&) = delete;
		Place& operator=(const Place&) = delete;

		/** Make room for the next. Allowed at any time, also without having entered. */
		void leave();

		/** True from its admission until it leaves. */
		bool isAdmitted() const
		{
			return state == State::admitted || state == State::overdue;
		}

		bool isWaiting() const
		{
			return state == State::waiting;
		}

	private:
		friend class HandshakeQueue;
		enum class State : uint8_t { outside, waiting, admitted, overdue };

		HandshakeQueue* queue = nullptr;
		Place* next = nullptr;
		Callback callback;
		uint32_t since = 0; ///< admitted at, milliseconds
		State state = State::outside;
	};

	/** Most that run at once, at least 1. May be changed at any time. */
	unsigned limit = SSL_MAX_HANDSHAKES;
	/** Bytes of heap that must be free for one more to be admitted beside others: what a handshake takes at its peak. */
	size_t memoryNeeded = 16 * 1024;
	/** Milliseconds after which a handshake does not count any more while others wait. */
	uint32_t patience = 3000;

	HandshakeQueue() = default;
	~HandshakeQueue();
	HandshakeQueue(const HandshakeQueue&) = delete;
	HandshakeQueue& operator=(const HandshakeQueue&) = delete;

	/**
	 * Ask for a turn.
	 * @param place not in any queue
	 * @param callback runs once when a turn has come later, from a timer, never from within a function of this class
	 * @return true when it came at once: the callback does not run then
	 */
	bool enter(Place& place, Callback callback);

	/** Number of places that wait. */
	unsigned countWaiting() const;

	/** Number of places that count as running. */
	unsigned countRunning() const
	{
		return running;
	}

	/** The one for all servers of an application: they share its memory and processor. */
	static HandshakeQueue& getDefault();

private:
	bool hasRoom() const;
	void admit(Place& place);
	void remove(Place& place);
	void schedule(uint32_t milliseconds);
	void run();

	Place* first = nullptr; ///< in order of arrival; those that were admitted stand in it, too
	unsigned running = 0;
	Timer timer;
};

} // namespace Ssl
