/**
 * HttpServerConnection: a client of an HttpServer. Reads requests, one after the other, and sends the responses.
 *
 * What a client sends ahead (pipelining, RFC 9112 §9.3.2) is held until the response before is on its way; no more is
 * received meanwhile.
 */
#pragma once

#include "HttpBodyParser.h"
#include "HttpConnection.h"
#include "HttpResource.h"
#include "HttpServerSettings.h"

class HttpGuard;
class HttpResourceTree;

using HttpServerConnectionDelegate = Delegate<void(HttpServerConnection& connection)>;

/** The connection changes to another protocol: the response with status 101 is queued. @return false to break it off */
using HttpServerProtocolUpgradeCallback = Delegate<bool()>;

class HttpServerConnection : public HttpConnection
{
public:
	explicit HttpServerConnection(Network::TcpSocket* accepted);
	~HttpServerConnection() override;

	/** What the connection refers to; all of it must outlive it. */
	void setResourceTree(HttpResourceTree* tree)
	{
		resourceTree = tree;
	}
	void setBodyParsers(const BodyParsers* parsers)
	{
		bodyParsers = parsers;
	}
	void setSettings(const HttpServerSettings* newSettings);

	/** Called when a response with status 101 was queued, before the first data of the other protocol. */
	void setUpgradeCallback(HttpServerProtocolUpgradeCallback callback)
	{
		upgradeCallback = callback;
	}

	HttpRequest* getRequest() override
	{
		return &request;
	}

	/** ms since it was known to wait for a request; 0 while a request is received or answered, and just before. */
	uint32_t getIdleTime() const
	{
		return (phase == Phase::idle) ? phaseMs : 0;
	}

	/** True once it speaks another protocol. */
	bool isUpgraded() const
	{
		return phase == Phase::upgraded;
	}

	void* userData = nullptr; ///< for the application, between requests

	using HttpConnection::send;

protected:
	int onMessageBegin() override;
	int onPath(const Url& uri) override;
	int onHeadersComplete(HttpHeaders& headers) override;
	int onBody(const char* at, size_t length) override;
	int onMessageComplete() override;
	bool onProtocolUpgrade() override;
	bool onUpgradedData(char* data, size_t length) override;

	void onConnected() override;
	bool onReceive(char* data, size_t length) override;
	void onReadyToSendData(TcpConnectionEvent sourceEvent) override;
	void onPoll() override;
	void onHttpError(HttpError error) override;

	/** Answer with an error and close. */
	virtual void sendError(HttpStatus code, const String& message = nullptr);

private:
	enum class Phase : uint8_t {
		idle,		///< between requests
		head,		///< first byte of a request seen
		body,		///< headers are complete
		responding, ///< the request is complete, its response not yet sent
		ending,		///< an error was answered: what is received is dropped
		upgraded,
	};

	size_t receive(char* data, size_t length);
	bool keep(const char* data, size_t length);
	void receiveKept();
	void enter(Phase next);
	void checkDeadline();
	bool callResource(const HttpResourceDelegate& delegate, HttpStatus fallback);
	HttpStatus answerExpectation();
	HttpStatus contentErrorCode() const;
	bool startBodyParser();
	size_t callBodyParser(HttpBodyParserDelegate parser, const char* at, int length);
	bool endBodyParser();
	bool isBodyTooLarge(uint64_t length) const;
	int refuse(HttpStatus code);
	bool lacksMemory();
	void finishResponse();
	bool endRequest();
	void useResource(HttpResource* next);
	void describeError(const String& message);
	void refuseBusy();
	bool sendResponse();
	bool sendLastWords();
	bool composeHead(String& head, int bodyLength, bool chunked);

	HttpResourceTree* resourceTree = nullptr;
	const BodyParsers* bodyParsers = nullptr;
	const HttpServerSettings* settings;
	HttpGuard* guard = nullptr;
	HttpResource* resource = nullptr; ///< of the current request, or the one that took over
	HttpRequest request;
	HttpBodyParserDelegate bodyParser; ///< of the current request
	void* parserArgs = nullptr;		   ///< request.args of the body parser, while the other one does not run
	HttpServerProtocolUpgradeCallback upgradeCallback;
	char* kept = nullptr; ///< received, but behind a request that is still being answered
	size_t keptLength = 0;
	size_t keptUsed = 0;
	uint64_t bodyReceived = 0;
	uint32_t phaseMs = 0;  ///< time in this phase
	uint32_t polledAt = 0; ///< ms, until when phaseMs is counted
	unsigned served = 0;   ///< requests that were answered
	HttpStatus refusal{};	 ///< what a callback of the parser wants to be answered
	Phase phase = Phase::idle;
	bool closeWhenDone = false;
	bool hasContentError = false;
	bool parsingBody = false; ///< request.args is the body parser's, `parserArgs` the application's
	bool lostSomething = false; ///< memory ran out while this request was received or answered
	uint32_t failures = 0; ///< Memory::failures() when this connection's code began to run
	bool dropInput = false; ///< nothing more is wanted on this connection
};
