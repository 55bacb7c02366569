/* Command "http": requests through HttpClient. */
#include <console.h>

namespace
{
HttpClient client;

/* What belongs to a request, found through HttpRequest::args. */
struct Job {
	String name;
	Verification verification;
	Digest digest;
	String onComplete;
	String nextUrl;
	bool ownsBody;
	bool fails;
	Job* next; ///< jobs of requests that are dropped stay on the list

	static Job* first;

	Job(const String& name, const Command& command)
		: name(name), verification(command), onComplete(command.option("on-complete")),
		  nextUrl(command.option("next")), ownsBody(command.number("body-callback") != 0),
		  fails(command.number("fail") != 0), next(first)
	{
		first = this;
	}

	~Job()
	{
		auto link = &first;
		while(*link != this) {
			link = &(*link)->next;
		}
		*link = next;
	}
};

Job* Job::first;

Job& jobOf(HttpConnection& connection)
{
	return *static_cast<Job*>(connection.getRequest()->args);
}

void initSession(Ssl::Session& session, HttpRequest& request)
{
	static_cast<Job*>(request.args)->verification.apply(session);
}

int onBody(HttpConnection& connection, const char* at, size_t length)
{
	jobOf(connection).digest.add(at, length);
	return 0;
}

int onComplete(HttpConnection& connection, bool success)
{
	if(jobOf(connection).fails) {
		Memory::failAllocation(0); // what is printed here is to be whole
	}
	auto job = &jobOf(connection);
	auto& response = *connection.getResponse();
	if(!job->ownsBody && response.stream != nullptr) {
		char buffer[256];
		size_t count;
		while((count = response.stream->readMemoryBlock(buffer, sizeof(buffer))) > 0) {
			job->digest.add(buffer, count);
			response.stream->seek(int(count));
		}
	}
	say(job->name, String("http ok=") + String(unsigned(success)) + " code=" + String(unsigned(response.code)) + " " +
					   job->digest.describe() + " local=" + String(connection.getLocalPort()) + " " +
					   describeEnd(connection));
	for(auto header : response.headers) {
		if(header.getFieldName().startsWith("X-Test")) {
			say(job->name, String("header ") + String(header).trim());
		}
	}
	if(job->nextUrl) {
		client.downloadString(job->nextUrl, [](HttpConnection& next, bool ok) -> int {
			say("next", String("http ok=") + String(unsigned(ok)) + " code=" +
							String(unsigned(next.getResponse()->code)));
			return 0;
		});
	}
	auto action = job->onComplete;
	delete job;
	connection.getRequest()->args = nullptr;
	if(action == "close") {
		connection.close();
	} else if(action == "cleanup") {
		HttpClient::cleanup();
	} else if(action == "refuse") {
		return -1;
	}
	return 0;
}

HttpMethod methodOf(const String& text)
{
	for(unsigned i = 0; i <= unsigned(HTTP_SOURCE); ++i) {
		if(text == toString(HttpMethod(i))) {
			return HttpMethod(i);
		}
	}
	return HTTP_GET;
}
} // namespace

/* As applications do that trust in what they assign. */
void assignParts(HttpRequest& request, bool form)
{
	request.headers[HTTP_HEADER_AUTHORIZATION] = F("Basic dXNlcjpwYXNzd29yZCB0aGF0IG5lZWRzIHRoZSBoZWFw");
	request.headers["X-Device-Name"] = F("a name that is too long for a small String");
	request.headers["X-Copy"] = request.headers["X-Device-Name"];
	request.uri.Query["parameter"] = F("a value that is too long for a small String");
	if(form) {
		request.postParams["a field of the form"] = F("a text that is too long for a small String");
		request.postParams["last"] = "1";
	}
}

bool httpCommand(const Command& command)
{
	if(command.word(0) != "http") {
		return false;
	}
	if(command.word(1) == "cleanup") {
		HttpClient::cleanup();
		return true;
	}
	auto name = command.word(1);
	auto job = new Job(name, command);
	const Url url(command.word(2));
	auto method = methodOf(command.option("method"));
	bool assigning = command.number("assign") != 0;
	auto failing = uint32_t(command.number("fail"));
	if(failing != 0) {
		// From here on: what the command line lost is not the client's affair
		Memory::failAllocation(failing);
	}
	auto request = new HttpRequest(url);
	if(job == nullptr || request == nullptr) {
		delete job;
		delete request;
		say(name, "http refused");
		return true;
	}
	request->args = job;
	request->onSslInit(initSession);
	request->onRequestComplete(onComplete);
	request->retries = int(command.number("retries"));
	request->setMethod(method);
	if(assigning) {
		assignParts(*request, method == HTTP_POST);
	}
	if(job->ownsBody) {
		request->onBody(onBody);
	}
	auto header = command.option("header");
	if(header) {
		int colon = header.indexOf(':');
		request->setHeader(header.substring(0, size_t(colon)), uri_unescape(header.substring(size_t(colon) + 1)));
	}
	if(command.option("text")) {
		request->setBody(command.option("text"));
	}
	if(command.option("post")) {
		request->setPostParameter("value", uri_unescape(command.option("post")));
	}
	if(command.option("stream")) {
		auto length = command.number("stream");
		auto promised = (command.number("chunked") != 0) ? -1 : command.number("promised", length);
		request->setBody(new PatternStream(size_t(length), int(promised), command.number("stuck") != 0));
	}
	if(command.option("limit")) {
		request->setResponseStream(new LimitedMemoryStream(size_t(command.number("limit"))));
	}
	if(!client.send(request)) {
		if(failing != 0) {
			Memory::failAllocation(0);
		}
		delete job;
		say(name, "http refused");
	}
	return true;
}
