/* LwipTcp: what its owner calls. */
#include "LwipTcp.h"
#include <lwip/priv/tcp_priv.h>
#include <lwip/sys.h>
#include <initializer_list>

namespace Network
{
namespace
{
/* After FIN: how long to wait for the peer's. Closing earlier would answer its last data with a RST, and that may
 * destroy data of ours on its way. */
constexpr uint32_t lingerMs = 2000;

/* A peer that takes no more of our last data for so long does not get it: it would hold our memory as long as it likes. */
constexpr uint32_t unreadMs = 20000;

/* lwIP frees a block that waits for TIME_WAIT's end, or was killed in it to make room, without a word. */
bool isKnown(const tcp_pcb* block, const void* owner)
{
	for(auto list : {tcp_active_pcbs, tcp_tw_pcbs}) {
		for(auto known = list; known != nullptr; known = known->next) {
			if(known == block) {
				return known->callback_arg == owner;
			}
		}
	}
	return false;
}

SocketError fromLwip(err_t error)
{
	switch(error) {
	case ERR_OK:
		return SocketError::none;
	case ERR_MEM:
	case ERR_BUF:
		return SocketError::noMemory;
	case ERR_RTE:
		return SocketError::unreachable;
	case ERR_USE:
		return SocketError::refused;
	default:
		return SocketError::other;
	}
}
} // namespace

TcpSocket* TcpSocket::create()
{
	return new LwipTcp;
}

void LwipTcp::setEvents(TcpSocketEvents* newEvents)
{
	events = newEvents;
}

bool LwipTcp::adopt(tcp_pcb* newPcb)
{
	if(newPcb == nullptr) {
		return false;
	}
	pcb = newPcb;
	tcp_arg(pcb, this);
	tcp_recv(pcb, onReceived);
	tcp_sent(pcb, onSent);
	tcp_err(pcb, onError);
	tcp_poll(pcb, onPoll, 1);
	// Records are complete when they are written: waiting for more (Nagle) only adds delay
	tcp_nagle_disable(pcb);
	return true;
}

SocketError LwipTcp::connect(const IpAddress& address, uint16_t port)
{
	if(!adopt(tcp_new())) {
		return SocketError::noMemory;
	}
	ip_addr_t target = {uint32_t(address)};
	state = State::connecting;
	return fromLwip(tcp_connect(pcb, &target, port, onConnected));
}

SocketError LwipTcp::listen(uint16_t port)
{
	auto fresh = tcp_new();
	if(fresh == nullptr) {
		return SocketError::noMemory;
	}
	err_t result = tcp_bind(fresh, IP_ADDR_ANY, port);
	pcb = (result == ERR_OK) ? tcp_listen_with_backlog_and_err(fresh, TCP_DEFAULT_LISTEN_BACKLOG, &result) : nullptr;
	if(pcb == nullptr) {
		tcp_close(fresh);
		return fromLwip(result);
	}
	tcp_arg(pcb, this);
	tcp_accept(pcb, onAccept);
	state = State::listening;
	return SocketError::none;
}

int LwipTcp::write(const uint8_t* data, size_t length, bool more)
{
	if(state != State::open || pcb == nullptr || failed) {
		return -1;
	}
	size_t taken = tcp_sndbuf(pcb);
	if(taken > length) {
		taken = length;
	}
	err_t result = ERR_MEM;
	// Without memory for all of it, a part may still find its place
	for(; taken > 0; taken /= 2) {
		result = tcp_write(pcb, data, uint16_t(taken), uint8_t(TCP_WRITE_FLAG_COPY | (more ? TCP_WRITE_FLAG_MORE : 0)));
		if(result != ERR_MEM) {
			break;
		}
	}
	wantSent = true;
	if(taken > 0 && result != ERR_OK) {
		return -1;
	}
	if(taken > 0) {
		room = true;
		if(!more) {
			tcp_output(pcb);
		}
	} else {
		tcp_output(pcb);
		room = false;
		// With nothing under way nobody will acknowledge anything: memory is short, onPoll() asks again
		starved = (pcb->snd_queuelen == 0);
	}
	return int(taken);
}

size_t LwipTcp::getWriteSpace() const
{
	bool able = state == State::open && pcb != nullptr && !failed && tcp_sndqueuelen(pcb) < TCP_SND_QUEUELEN - 1;
	return able ? tcp_sndbuf(pcb) : 0;
}

void LwipTcp::flush()
{
	if(pcb != nullptr && state == State::open) {
		tcp_output(pcb);
	}
}

void LwipTcp::resume()
{
	resumed = true;
	paused = false;
}

/* Forget what was received; the peer may go on sending. An owner that closes within onSocketReceived() still reads it. */
void LwipTcp::dropInput()
{
	if(input != nullptr && !offering) {
		if(pcb != nullptr) {
			tcp_recved(pcb, input->tot_len);
		}
		pbuf_free(input);
		input = nullptr;
	}
}

/* From here on lwIP's control block has no owner. */
void LwipTcp::detach()
{
	tcp_arg(pcb, nullptr);
	if(state != State::listening) {
		tcp_recv(pcb, nullptr);
		tcp_sent(pcb, nullptr);
		tcp_poll(pcb, nullptr, 0);
		tcp_err(pcb, nullptr);
	} else {
		tcp_accept(pcb, nullptr);
	}
}

void LwipTcp::close()
{
	events = nullptr;
	if(pcb != nullptr && state == State::listening) {
		detach();
		tcp_close(pcb);
		pcb = nullptr;
		release();
		return;
	}
	if(pcb == nullptr || state != State::open) {
		abort();
		return;
	}
	state = State::lingering;
	lingerFrom = sys_now();
	room = false;
	linger();
}

/* One step towards the end of a connection that close() was called for. */
void LwipTcp::linger()
{
	if(pcb != nullptr && !isKnown(pcb, this)) {
		pcb = nullptr;
	}
	if(pcb == nullptr) {
		release();
		return;
	}
	dropInput();
	finSent = finSent || tcp_shutdown(pcb, 0, 1) == ERR_OK;
	if(room) {
		room = false; // the peer takes its data
		lingerFrom = sys_now();
	}
	auto waited = sys_now() - lingerFrom;
	if(!finSent || pcb->snd_queuelen > 0) {
		if(waited >= unreadMs) {
			abort();
		}
		return;
	}
	if(ended || waited >= lingerMs) {
		auto last = pcb;
		detach();
		pcb = nullptr;
		if(tcp_close(last) != ERR_OK) {
			tcp_abort(last);
		}
		release();
	}
}

void LwipTcp::abort()
{
	events = nullptr;
	if(pcb != nullptr) {
		auto last = pcb;
		detach();
		pcb = nullptr;
		if(state == State::listening) {
			tcp_close(last);
		} else {
			tcp_abort(last);
		}
	}
	release();
}

/* The object goes when none of its handlers is on the stack any more. */
void LwipTcp::release()
{
	state = State::dead;
	if(busy == 0) {
		delete this;
	}
}

IpAddress LwipTcp::getRemoteAddress() const
{
	return (pcb == nullptr) ? IpAddress() : IpAddress(pcb->remote_ip.addr);
}

uint16_t LwipTcp::getRemotePort() const
{
	return (pcb == nullptr) ? 0 : pcb->remote_port;
}

IpAddress LwipTcp::getLocalAddress() const
{
	return (pcb == nullptr) ? IpAddress() : IpAddress(pcb->local_ip.addr);
}

uint16_t LwipTcp::getLocalPort() const
{
	return (pcb == nullptr) ? 0 : pcb->local_port;
}

} // namespace Network
