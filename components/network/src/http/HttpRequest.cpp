#include <Data/Stream/MemoryDataStream.h>
#include <Network/Http/HttpRequest.h>

HttpRequest::HttpRequest(const HttpRequest& other)
	: Memory::Tagged<Memory::Tag::network>(), uri(other.uri), method(other.method), headers(other.headers),
	  postParams(other.postParams), retries(other.retries), args(other.args),
	  headersCompletedDelegate(other.headersCompletedDelegate), requestBodyDelegate(other.requestBodyDelegate),
	  requestCompletedDelegate(other.requestCompletedDelegate), sslInitDelegate(other.sslInitDelegate),
	  complete(other.complete)
{
}

HttpRequest* HttpRequest::setBody(String&& body) noexcept
{
	return setBody(static_cast<IDataSourceStream*>(new MemoryDataStream(std::move(body))));
}

HttpRequest* HttpRequest::setBody(const uint8_t* rawData, size_t length)
{
	auto stream = new MemoryDataStream;
	if(stream != nullptr && stream->write(rawData, length) != length) {
		delete stream;
		stream = nullptr;
	}
	return setBody(static_cast<IDataSourceStream*>(stream));
}

HttpRequest* HttpRequest::setBody(IDataSourceStream* stream)
{
	delete bodyStream;
	bodyStream = stream;
	complete = complete && stream != nullptr && stream->isValid();
	return this;
}

HttpRequest* HttpRequest::setResponseStream(ReadWriteStream* stream)
{
	delete responseStream;
	responseStream = stream;
	complete = complete && (stream != nullptr);
	return this;
}

void HttpRequest::reset()
{
	delete bodyStream;
	bodyStream = nullptr;
	delete responseStream;
	responseStream = nullptr;
	postParams.clear();
}

String HttpRequest::toString() const
{
	String text = ::toString(method);
	text += " ";
	text += uri.getPathWithQuery();
	text += F(" HTTP/1.1\r\n");
	for(auto header : headers) {
		text += String(header);
	}
	text += "\r\n";
	return text;
}
