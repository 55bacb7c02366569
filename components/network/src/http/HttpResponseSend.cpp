/* HttpResponse: what a server's application sends. */
#include <Data/Stream/FileStream.h>
#include <Data/Stream/MemoryDataStream.h>
#include <Network/Http/HttpResponse.h>
#include <debug_progmem.h>

HttpResponse* HttpResponse::setCookie(const String& name, const String& value, bool append)
{
	if(!append) {
		headers.remove(HTTP_HEADER_SET_COOKIE);
	}
	String cookie = name + '=' + value;
	bool ok = cookie.length() == name.length() + value.length() + 1 && headers.append(HTTP_HEADER_SET_COOKIE, cookie);
	incomplete = !ok || incomplete;
	return this;
}

HttpResponse* HttpResponse::setCache(int maxAgeSeconds, bool isPublic)
{
	String text = isPublic ? F("public") : F("private");
	text += F(", max-age=");
	text += maxAgeSeconds;
	text += F(", must-revalidate");
	return setHeader(F("Cache-Control"), text);
}

bool HttpResponse::sendString(const String& text)
{
	if(buffer == nullptr || buffer != stream) {
		setBuffer(new MemoryDataStream);
	}
	bool ok = buffer != nullptr && !text.isFailed() && buffer->print(text) == text.length();
	incomplete = !ok || incomplete;
	return ok;
}

bool HttpResponse::sendString(String&& text) noexcept
{
	if(buffer != nullptr && buffer == stream) {
		return sendString(static_cast<const String&>(text));
	}
	setBuffer(new MemoryDataStream(std::move(text)));
	bool ok = buffer != nullptr && buffer->isValid();
	incomplete = !ok || incomplete;
	return ok;
}

/* Content type of a file; of what is packed in it when the response says that it is packed (RFC 9110 §8.4). */
String HttpResponse::typeOf(const String& fileName) const
{
	bool packed = headers.contains(HTTP_HEADER_CONTENT_ENCODING) && fileName.endsWith(".gz");
	return ContentType::fromFullFileName(packed ? fileName.substring(0, fileName.length() - 3) : fileName);
}

bool HttpResponse::sendNamedStream(IDataSourceStream* newDataStream)
{
	String type;
	if(newDataStream != nullptr) {
		type = typeOf(newDataStream->getName());
	}
	return sendDataStream(newDataStream, type);
}

bool HttpResponse::sendDataStream(IDataSourceStream* newDataStream, const String& reqContentType)
{
	dropBody();
	if(newDataStream == nullptr) {
		incomplete = true;
		return false;
	}
	if(newDataStream->getStreamType() == eSST_Invalid) {
		delete newDataStream;
		code = HTTP_STATUS_NOT_FOUND;
		return false;
	}
	stream = newDataStream;
	if(reqContentType) {
		setContentType(reqContentType);
	} else if(!headers.contains(HTTP_HEADER_CONTENT_TYPE)) {
		auto type = stream->getMimeType();
		if(type) {
			setContentType(type);
		}
	}
	return !incomplete;
}

bool HttpResponse::sendFile(const String& fileName, bool allowGzipFileCheck)
{
	String packed = fileName + ".gz";
	bool hasPacked = allowGzipFileCheck && !fileName.endsWith(".gz") && fileExist(packed);
	bool usePacked = hasPacked && (acceptsGzip || !fileExist(fileName));
	String type; // of the contents, whatever they are packed in
	if(!headers.contains(HTTP_HEADER_CONTENT_TYPE)) {
		type = typeOf(fileName);
	}
	bool ok = sendDataStream(new FileStream(usePacked ? packed : fileName), type);
	if(ok && usePacked) {
		encoded = true;
		setHeader(F("Content-Encoding"), F("gzip"));
	}
	// Caches are to ask again for clients that say something else (RFC 9110 §12.5.5)
	if(ok && hasPacked && fileExist(fileName)) {
		auto vary = static_cast<const HttpHeaders&>(headers)["Vary"];
		setHeader(F("Vary"), vary.isEmpty() ? String(F("Accept-Encoding")) : vary + F(", Accept-Encoding"));
	}
	return ok && !incomplete;
}
