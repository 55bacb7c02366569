/*
 * In a file of their own: where the compiler sees both and their use, with optimisation, it takes the address that is
 * kept between them for one that dangles.
 */
#include <Network/Http/Websocket/WebsocketConnection.h>

WebsocketConnection::Watch::Watch(WebsocketConnection& connection) : object(&connection), outer(connection.watch)
{
	connection.watch = this;
}

WebsocketConnection::Watch::~Watch()
{
	if(object != nullptr) {
		object->watch = outer;
	}
}
