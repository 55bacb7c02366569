#include <Network/Http/HttpResponse.h>

void HttpResponse::reset()
{
	code = HTTP_STATUS_OK;
	headers.clear();
	freeStreams();
	acceptsGzip = true;
	incomplete = encoded = false;
}

/* Another body takes the place of the one that was set: what was said about its coding does not hold for the new one. */
void HttpResponse::dropBody()
{
	freeStreams();
	if(encoded) {
		headers.remove(HTTP_HEADER_CONTENT_ENCODING);
		encoded = false;
	}
}

void HttpResponse::setBuffer(ReadWriteStream* newBuffer)
{
	if(newBuffer == buffer) {
		return;
	}
	dropBody();
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
