/*
 * HttpServerTest: an HttpServer for tests and benchmarks, driven by commands:
 *
 *     load key=FILE cert=FILE       what it shows with ssl=1
 *     listen [port=N] [ssl=1] [limit=N] [keep=S] [head=S] [body=S] [rate=N] [send=S] [url=N] [size=N] [heap=N]
 *     fail N                        the n-th allocation from now fails
 *     spare N                       N bytes more can be had from now on (0: no limit)
 *     memory, close, quit
 *
 * Paths: see addPaths(), and hostile.cpp.
 */
#include "hostile.h"
#include <cstdio>
#include <hal_host.h>

namespace
{
String key;
String certificate;
HttpServer* server;
unsigned answered;

/* N bytes whose number is told before, or not, or wrongly. */
class PatternStream : public IDataSourceStream
{
public:
	PatternStream(size_t length, int promised, bool stuck) : length(length), promised(promised), stuck(stuck)
	{
	}
	int available() override
	{
		return promised;
	}
	uint16_t readMemoryBlock(char* data, int bufSize) override
	{
		auto left = length - position;
		auto count = (size_t(bufSize) < left) ? size_t(bufSize) : left;
		for(size_t i = 0; i < count; ++i) {
			data[i] = char((position + i) % 251);
		}
		return uint16_t(count);
	}
	bool seek(int count) override
	{
		position += stuck ? 0 : size_t(count);
		return !stuck;
	}
	bool isFinished() override
	{
		return position == length;
	}

private:
	size_t length;
	size_t position = 0;
	int promised;
	bool stuck; ///< it cannot be advanced
};

bool readFile(const String& name, String& contents)
{
	auto file = fopen(name.c_str(), "rbe");
	if(file == nullptr) {
		return false;
	}
	char buffer[16384];
	auto length = fread(buffer, 1, sizeof(buffer), file);
	fclose(file);
	contents = String(buffer, length);
	return length > 0 && length < sizeof(buffer);
}

String describe(const HttpParams& params)
{
	String text;
	for(auto param : params) {
		text += param.key() + '=' + param.value() + '\n';
	}
	return text;
}

DEFINE_FSTR_LOCAL(page, "<p>{first}</p><p>{second}</p><p>{third}</p>{unknown}")

/* Documents and pages that are put together of a request's parameters. */
void addMadePaths(HttpResourceTree& paths)
{
	paths.set("/json", [](HttpRequest& request, HttpResponse& response) {
		auto stream = new JsonObjectStream;
		auto root = (stream == nullptr) ? JsonObject() : stream->getRoot();
		root["a name that needs memory"] = request.getQueryParameter("a");
		root["number"] = 12;
		auto list = root.createNestedArray("the list of what there is");
		list.add("the first thing of the list");
		list.add(request.getQueryParameter("b"));
		list.createNestedObject()["deep within the document"] = true;
		response.sendDataStream(stream, MIME_JSON);
	});
	paths.set("/template", [](HttpRequest& request, HttpResponse& response) {
		auto stream = new TemplateFlashMemoryStream(page);
		if(stream != nullptr) {
			stream->setVar("first", htmlEscape(request.getQueryParameter("a")));
			stream->variables()["second"] = request.getQueryParameter("b");
			stream->onGetValue([](const char* name) {
				return strcmp(name, "third") == 0 ? String("a value that is asked for") : String();
			});
		}
		response.sendDataStream(stream, MIME_HTML);
	});
}

/* What the resource "/upload" counts, for one connection at a time. */
size_t uploaded;

void addPaths(HttpResourceTree& paths)
{
	paths.set("/", [](HttpRequest&, HttpResponse& response) {
		++answered;
		response.setContentType(MIME_HTML);
		response.sendString("hello\n");
	});
	paths.set("/show", [](HttpRequest& request, HttpResponse& response) {
		++answered;
		response.sendString(toString(request.method) + ' ' + request.uri.Path + '\n' + describe(request.uri.Query));
	});
	paths.set("/form", [](HttpRequest& request, HttpResponse& response) {
		++answered;
		response.sendString(describe(request.postParams));
	});
	paths.set("/echo", [](HttpRequest& request, HttpResponse& response) {
		++answered;
		response.sendString(request.getBody());
	});
	paths.set("/bytes", [](HttpRequest& request, HttpResponse& response) {
		auto length = request.getQueryParameter("n", "0").toInt();
		auto promised = request.getQueryParameter("promised", String(length)).toInt();
		promised = request.getQueryParameter("unknown").isNull() ? promised : -1;
		bool stuck = !request.getQueryParameter("stuck").isNull();
		response.sendDataStream(new PatternStream(size_t(length), int(promised), stuck), MIME_UNKNOWN);
	});
	paths.set("/header", [](HttpRequest& request, HttpResponse& response) {
		response.setHeader("X-Test", request.getQueryParameter("value"));
		response.setCookie("a", "1");
		response.setCookie("b", "2", true);
		response.setCache(60, true);
		response.setAllowCrossDomainOrigin("*");
		response.sendString("x");
	});
	paths.set("/status", [](HttpRequest& request, HttpResponse& response) {
		response.code = HttpStatus(request.getQueryParameter("code", "200").toInt());
	});
	paths.set("/refuse", [](HttpServerConnection&, HttpRequest&, HttpResponse& response) {
		response.code = HTTP_STATUS_FORBIDDEN;
		return 1;
	});
	paths.set("/fail", [](HttpServerConnection&, HttpRequest&, HttpResponse&) { return 1; });
	paths.set("/replace", [](HttpRequest&, HttpResponse& response) {
		server->paths.remove("/replace");
		response.sendString("gone\n");
	});
	paths.set("/shutdown", [](HttpRequest&, HttpResponse&) { server->shutdown(); });
	paths.set("/file", [](HttpRequest& request, HttpResponse& response) {
		if(request.getQueryParameter("vary")) {
			response.setHeader("Vary", request.getQueryParameter("vary"));
		}
		if(request.getQueryParameter("encoding")) {
			response.setHeader("Content-Encoding", request.getQueryParameter("encoding"));
		}
		if(request.getQueryParameter("stream")) {
			response.sendNamedStream(new FileStream(request.getQueryParameter("name")));
		} else {
			response.sendFile(request.getQueryParameter("name"));
		}
		if(request.getQueryParameter("instead")) {
			response.sendString(request.getQueryParameter("instead"));
		}
	});

	paths.set("/large", [](HttpRequest& request, HttpResponse& response) {
		auto failures = Memory::failures();
		auto block = Memory::allocate(1 << 20, Memory::Tag::application);
		if(block == nullptr && request.getQueryParameter("forgive")) {
			Memory::forgiveFailures(failures);
		}
		response.sendString(block == nullptr ? "without" : "with");
		Memory::release(block);
	});

	auto args = new HttpResource;
	args->onHeadersComplete = [](HttpServerConnection&, HttpRequest& request, HttpResponse&) {
		bool fresh = (request.args == nullptr);
		request.args = new String(request.getQueryParameter("id") + (fresh ? " fresh" : " old"));
		return 0;
	};
	args->onRequestComplete = [](HttpServerConnection&, HttpRequest& request, HttpResponse& response) {
		auto text = static_cast<String*>(request.args);
		response.sendString((text == nullptr ? String("lost") : *text) + '\n' + describe(request.postParams));
		delete text;
		return 0;
	};
	paths.set("/args", args);

	auto upload = new HttpResource;
	upload->maxBodySize = 64 * 1024 * 1024;
	upload->onHeadersComplete = [](HttpServerConnection&, HttpRequest& request, HttpResponse& response) {
		uploaded = 0;
		if(request.getQueryParameter("deny")) {
			response.code = HTTP_STATUS_UNAUTHORIZED;
			return 1;
		}
		return 0;
	};
	upload->onBody = [](HttpServerConnection&, HttpRequest&, char**, int* length) {
		uploaded += size_t(*length);
		*length = 0;
		return 0;
	};
	upload->onRequestComplete = [](HttpServerConnection&, HttpRequest&, HttpResponse& response) {
		response.sendString(String(unsigned(uploaded)));
		return 0;
	};
	paths.set("/upload", upload);

	auto websocket = new WebsocketResource;
	websocket->setProtocols("the-protocol-of-this-server, another-one-that-it-knows");
	websocket->setConnectionHandler([](WebsocketConnection&) { ++answered; });
	paths.set("/ws", websocket);
}

void stopServer()
{
	auto old = server;
	server = nullptr;
	delete old;
}

void listenCommand(const Command& command)
{
	delete server;
	HttpServerSettings settings;
	settings.maxActiveConnections = uint16_t(command.number("limit", 100));
	settings.keepAliveSeconds = uint16_t(command.number("keep", 20));
	settings.headSeconds = uint16_t(command.number("head", 10));
	settings.bodySeconds = uint16_t(command.number("body", 20));
	settings.minBodyRate = uint16_t(command.number("rate", 500));
	settings.sendSeconds = uint16_t(command.number("send", 20));
	settings.maxUrlLength = uint16_t(command.number("url", URL_MAX_LENGTH));
	settings.maxBodySize = size_t(command.number("size", 4096));
	settings.minHeapSize = int(command.number("heap", -1));
	server = new HttpServer(settings);
	if(server == nullptr) {
		say("listen", "no memory");
		return;
	}
	server->setBodyParser("text/plain", bodyToStringParser);
	addPaths(server->paths);
	addMadePaths(server->paths);
	addHostilePaths(server->paths, stopServer);
	server->setSslInitHandler([](Ssl::Session& session) {
		session.keyCert.assign(key, certificate);
		session.options.sessionResume = true;
	});
	if(server->listen(int(command.number("port", 8080)), command.number("ssl") != 0)) {
		say("listen", String("port=") + String(server->getLocalPort()));
	} else {
		say("listen", String("refused ") + toString(server->getSslError()));
	}
}

void memoryCommand()
{
	auto total = Memory::statistics();
	String text;
	auto add = [&text](const char* name, size_t value) { text += String(" ") + name + "=" + String(unsigned(value)); };
	add("connections", server == nullptr ? 0 : server->getConnections().count());
	add("answered", answered);
	add("all", total.current);
	add("peak", total.peak);
	add("blocks", total.count);
	add("attempts", Memory::attempts());
	say("memory", text.trim());
}

void execute(const Command& command)
{
	auto verb = command.word(0);
	if(verb == "load") {
		bool ok = readFile(command.option("key"), key) && readFile(command.option("cert"), certificate);
		say("load", ok ? "done" : "failed");
	} else if(verb == "listen") {
		listenCommand(command);
	} else if(verb == "fail") {
		auto number = uint32_t(command.word(1).toInt());
		say("fail", "done");
		Memory::failAllocation(number);
	} else if(verb == "spare") {
		auto bytes = size_t(command.word(1).toInt());
		say("spare", "done");
		Memory::setCap(bytes == 0 ? 0 : Memory::statistics().current + bytes);
	} else if(verb == "memory") {
		memoryCommand();
	} else if(verb == "close" || verb == "quit") {
		delete server;
		server = nullptr;
		say("close", "done");
		if(verb == "quit") {
			hal_host_quit(0);
		}
	} else {
		say("console", String("not understood: ") + command.getText());
	}
}
} // namespace

void init()
{
	Serial.begin(SERIAL_BAUD_RATE);
	fileSystemMount();
	readCommands(execute);
	say("console", "ready");
}
