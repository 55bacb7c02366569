/**
 * FrameStream: a stream as a message of WebSocket. It is sent in fragments, each as long as what could be read, so
 * that nothing has to be known of the stream's length, and nothing is promised that it might not keep. It becomes
 * invalid when the source cannot be advanced.
 */
#pragma once

#include <Data/Stream/DataSourceStream.h>
#include <Network/Http/Websocket/WebsocketFrame.h>

/** Bytes of such a fragment. */
#ifndef WEBSOCKET_FRAGMENT_SIZE
#ifdef ARCH_HOST
#define WEBSOCKET_FRAGMENT_SIZE 4096
#else
#define WEBSOCKET_FRAGMENT_SIZE 512
#endif
#endif

namespace Websocket
{
class FrameStream : public IDataSourceStream
{
public:
	/**
	 * @param source owned
	 * @param type of the first frame
	 * @param masked as a client's frames are
	 * @param final the message ends with the stream
	 */
	FrameStream(IDataSourceStream* source, ws_frame_type_t type, bool masked, bool final)
		: source(source), type(type), masked(masked), final(final)
	{
	}
	~FrameStream() override
	{
		delete source;
	}
	FrameStream(const FrameStream&) = delete;
	FrameStream& operator=(const FrameStream&) = delete;

	StreamType getStreamType() const override
	{
		return failed ? eSST_Invalid : eSST_Wrapper;
	}
	uint16_t readMemoryBlock(char* data, int bufSize) override;
	bool seek(int count) override;
	bool isFinished() override
	{
		return (ended && start == end) || failed;
	}

private:
	void nextFrame();

	IDataSourceStream* source;
	size_t start = 0; ///< of what is to be sent, in `frame`
	size_t end = 0;
	ws_frame_type_t type;
	bool masked;
	bool final;
	bool ended = false; ///< the last frame stands in `frame`
	bool failed = false; ///< the source does not advance
	uint8_t frame[maxHeaderLength + WEBSOCKET_FRAGMENT_SIZE];
};

} // namespace Websocket
