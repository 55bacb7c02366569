#include <Network/Http/HttpResponse.h>

void HttpResponse::reset()
{
	code = HTTP_STATUS_OK;
	headers.clear();
	freeStreams();
	acceptsGzip = true;
	incomplete = false;
}

void HttpResponse::setBuffer(ReadWriteStream* newBuffer)
{
	if(newBuffer == buffer) {
		return;
	}
	freeStreams();
	buffer = newBuffer;
	stream = newBuffer;
}

void HttpResponse::freeStreams()
{
	if(stream != buffer) {
		delete stream;
	}
	delete buffer;
	stream = nullptr;
	buffer = nullptr;
}

IDataSourceStream* HttpResponse::takeStream()
{
	auto taken = stream;
	if(buffer == stream) {
		buffer = nullptr;
	}
	stream = nullptr;
	freeStreams();
	return taken;
}

String HttpResponse::toString() const
{
	String text = F("HTTP/1.1 ");
	text += unsigned(code);
	text += " ";
	text += ::toString(code);
	text += "\r\n";
	for(auto header : headers) {
		text += String(header);
	}
	text += "\r\n";
	return text;
}
