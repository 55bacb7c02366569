/* LwipTcp: what lwIP reports, and how the owners learn of it. */
#include "LwipTcp.h"
#include <lwip/priv/tcp_priv.h>

namespace Network
{
namespace
{
/* All sockets. `cursor` is the one that deliver() looks at next; it survives the removal of any. */
LwipTcp* sockets;
LwipTcp* cursor;

/* A peer acknowledged something since deliver() ran: its memory is free for others, too. */
bool freed;
} // namespace

LwipTcp::LwipTcp()
{
	next = sockets;
	sockets = this;
}

LwipTcp::~LwipTcp()
{
	if(cursor == this) {
		cursor = next;
	}
	for(auto link = &sockets; *link != nullptr; link = &(*link)->next) {
		if(*link == this) {
			*link = next;
			break;
		}
	}
	for(auto other = sockets; other != nullptr; other = other->next) {
		if(other->listener == this) {
			other->listener = nullptr;
		}
	}
	if(input != nullptr) {
		pbuf_free(input);
	}
}

err_t LwipTcp::onConnected(void* arg, tcp_pcb*, err_t)
{
	static_cast<LwipTcp*>(arg)->connected = true;
	return ERR_OK;
}

err_t LwipTcp::onAccept(void* arg, tcp_pcb* fresh, err_t result)
{
	if(arg == nullptr || fresh == nullptr || result != ERR_OK) {
		return ERR_VAL;
	}
	auto socket = new LwipTcp;
	if(socket == nullptr) {
		return ERR_MEM; // lwIP breaks the connection off
	}
	socket->adopt(fresh);
	socket->listener = static_cast<LwipTcp*>(arg);
	socket->state = State::accepted;
	return ERR_OK;
}

err_t LwipTcp::onReceived(void* arg, tcp_pcb* pcb, pbuf* data, err_t)
{
	auto self = static_cast<LwipTcp*>(arg);
	if(data == nullptr) {
		self->ended = true;
	} else if(self->state == State::lingering) {
		tcp_recved(pcb, data->tot_len);
		pbuf_free(data);
	} else if(self->input == nullptr) {
		self->input = data;
	} else {
		pbuf_cat(self->input, data);
	}
	return ERR_OK;
}

err_t LwipTcp::onSent(void* arg, tcp_pcb*, u16_t)
{
	static_cast<LwipTcp*>(arg)->room = true;
	freed = true;
	return ERR_OK;
}

/* Twice a second. Until then the chip sleeps: trying again at once would find as little memory as before. */
err_t LwipTcp::onPoll(void* arg, tcp_pcb*)
{
	auto self = static_cast<LwipTcp*>(arg);
	self->room = self->room || self->starved;
	self->starved = false;
	return ERR_OK;
}

/* The control block is gone already. */
void LwipTcp::onError(void* arg, err_t result)
{
	auto self = static_cast<LwipTcp*>(arg);
	if(self == nullptr) {
		return;
	}
	self->pcb = nullptr;
	self->failed = true;
	if(result == ERR_RST) {
		self->error = (self->state == State::connecting) ? SocketError::refused : SocketError::reset;
	} else {
		self->error = (result == ERR_ABRT) ? SocketError::timeout : SocketError::other;
	}
}

/*
 * Offer the owner what was received, one piece at a time.
 * @return false when it takes no more, or closed the socket
 */
bool LwipTcp::offer()
{
	resumed = false;
	auto offered = input->len;
	offering = true;
	auto taken = events->onSocketReceived(static_cast<uint8_t*>(input->payload), offered);
	offering = false;
	if(state != State::open) {
		dropInput();
		return false;
	}
	if(taken > offered) {
		taken = offered;
	}
	if(pcb != nullptr) {
		tcp_recved(pcb, uint16_t(taken));
	}
	input = pbuf_free_header(input, uint16_t(taken));
	// The owner may have made room and called resume() meanwhile: then the next turn offers it again
	paused = (taken < offered) && !resumed;
	return taken == offered;
}

/* @return true if there is more to do at once */
bool LwipTcp::work()
{
	if(state == State::lingering) {
		linger();
		return false;
	}
	if(state == State::accepted) {
		auto owner = (listener == nullptr) ? nullptr : listener->events;
		state = State::open;
		listener = nullptr;
		if(owner == nullptr || failed) {
			abort();
		} else {
			owner->onSocketAccepted(this);
		}
		return state == State::open;
	}
	if(events == nullptr) {
		return false;
	}
	if(connected) {
		connected = false;
		state = State::open;
		events->onSocketConnected();
	}
	while(state == State::open && input != nullptr && !paused) {
		if(!offer()) {
			break;
		}
	}
	if(state == State::open && input == nullptr && ended && !endTold) {
		endTold = true;
		events->onSocketEnd();
	}
	bool alive = state == State::open || state == State::connecting;
	if(alive && failed && error != SocketError::none && (input == nullptr || paused)) {
		auto reason = error;
		error = SocketError::none;
		state = State::open;
		events->onSocketError(reason);
		return false;
	}
	if(state == State::open && wantSent && room && !failed) {
		wantSent = room = false;
		events->onSocketSent();
	}
	return state == State::open && ((input != nullptr && !paused) || (wantSent && room));
}

bool LwipTcp::deliver()
{
	bool more = false;
	for(auto socket = sockets; freed && socket != nullptr; socket = socket->next) {
		socket->room = socket->room || socket->starved;
		socket->starved = false;
	}
	freed = false;
	for(auto socket = sockets; socket != nullptr; socket = cursor) {
		cursor = socket->next;
		++socket->busy;
		more |= socket->work();
		--socket->busy;
		if(socket->state == State::dead) {
			delete socket;
		}
	}
	return more;
}

} // namespace Network
