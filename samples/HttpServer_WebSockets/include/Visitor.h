/** A person who has the page open: what the application keeps for each connection. */
#pragma once

#include <Network/Http/Websocket/WebsocketConnection.h>

class Visitor
{
public:
	/** Make one for a connection, which knows it from then on. @return nullptr when there is no memory */
	static Visitor* add(WebsocketConnection& socket)
	{
		static unsigned count;
		auto visitor = new Visitor(++count);
		socket.setUserData(visitor);
		return visitor;
	}

	/** The one of a connection; nullptr if it has none. */
	static Visitor* of(WebsocketConnection& socket)
	{
		return static_cast<Visitor*>(socket.getUserData());
	}

	/** Forget the one of a connection. */
	static void remove(WebsocketConnection& socket)
	{
		delete of(socket);
		socket.setUserData(nullptr);
	}

	unsigned getNumber() const
	{
		return number;
	}

private:
	explicit Visitor(unsigned number) : number(number)
	{
	}

	unsigned number;
};
