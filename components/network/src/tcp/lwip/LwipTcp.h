/**
 * TCP backend over lwIP's raw API.
 *
 * lwIP's callbacks only take notes; deliver(), called by the main loop, tells the owners. So an owner may close or
 * delete whatever it likes without lwIP being on the stack, and no callback ever has to say that its connection is
 * gone.
 */
#pragma once

#include "../TcpSocket.h"
#include <lwip/tcp.h>

namespace Network
{
class LwipTcp final : public TcpSocket
{
public:
	LwipTcp();

	void setEvents(TcpSocketEvents* events) override;
	SocketError connect(const IpAddress& address, uint16_t port) override;
	SocketError listen(uint16_t port) override;
	int write(const uint8_t* data, size_t length, bool more) override;
	size_t getWriteSpace() const override;
	void flush() override;
	void resume() override;
	void close() override;
	void abort() override;
	IpAddress getRemoteAddress() const override;
	uint16_t getRemotePort() const override;
	IpAddress getLocalAddress() const override;
	uint16_t getLocalPort() const override;

	/** Tell all owners what happened. @return true if there is more to do at once */
	static bool deliver();

private:
	enum class State : uint8_t {
		idle,
		connecting,
		listening,
		accepted, ///< not yet handed to the listener's owner
		open,
		lingering, ///< close() was called: FIN is on its way, input is dropped until the peer's
		dead,	   ///< freed as soon as no handler is on the stack
	};

	~LwipTcp() override;

	static err_t onConnected(void* arg, tcp_pcb* pcb, err_t error);
	static err_t onAccept(void* arg, tcp_pcb* pcb, err_t error);
	static err_t onReceived(void* arg, tcp_pcb* pcb, pbuf* data, err_t error);
	static err_t onSent(void* arg, tcp_pcb* pcb, u16_t length);
	static err_t onPoll(void* arg, tcp_pcb* pcb);
	static void onError(void* arg, err_t error);

	bool adopt(tcp_pcb* newPcb);
	void detach();
	bool work();
	bool offer();
	void linger();
	void dropInput();
	void release();

	TcpSocketEvents* events = nullptr;
	LwipTcp* next = nullptr;	 ///< in the list of all sockets
	LwipTcp* listener = nullptr; ///< state accepted: whose owner gets it
	tcp_pcb* pcb = nullptr;
	pbuf* input = nullptr;	 ///< received, not yet taken by the owner
	uint32_t lingerFrom = 0; ///< ms: since when the peer took nothing
	SocketError error = SocketError::none;
	uint8_t busy = 0; ///< handlers of this socket on the stack
	State state = State::idle;
	bool connected = false;	 ///< to be told
	bool ended = false;		 ///< FIN came
	bool endTold = false;
	bool failed = false;	 ///< error is to be told, or was
	bool wantSent = false;	 ///< the owner waits for room
	bool room = false;		 ///< there is some
	bool starved = false;	 ///< there was no memory to send anything at all
	bool paused = false;	 ///< the owner left data untaken
	bool resumed = false;	 ///< resume() was called in onSocketReceived()
	bool offering = false;	 ///< the owner looks at `input`
	bool finSent = false;
};

} // namespace Network
