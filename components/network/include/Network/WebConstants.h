/** MIME types by number and by file name. */
#pragma once

#include <WString.h>
#include <cstdint>

/** X(name, file extension, type); several extensions of one type are in ContentType::fromFileExtension(). */
#define MIME_TYPE_MAP(XX)                                                                                              \
	XX(HTML, "html", "text/html")                                                                                      \
	XX(TEXT, "txt", "text/plain")                                                                                      \
	XX(JS, "js", "text/javascript")                                                                                    \
	XX(CSS, "css", "text/css")                                                                                         \
	XX(XML, "xml", "text/xml")                                                                                         \
	XX(JSON, "json", "application/json")                                                                               \
	XX(JPEG, "jpg", "image/jpeg")                                                                                      \
	XX(GIF, "gif", "image/gif")                                                                                        \
	XX(PNG, "png", "image/png")                                                                                        \
	XX(SVG, "svg", "image/svg+xml")                                                                                    \
	XX(ICO, "ico", "image/x-icon")                                                                                     \
	XX(WEBP, "webp", "image/webp")                                                                                     \
	XX(WOFF, "woff", "font/woff")                                                                                      \
	XX(WOFF2, "woff2", "font/woff2")                                                                                   \
	XX(WASM, "wasm", "application/wasm")                                                                               \
	XX(PDF, "pdf", "application/pdf")                                                                                  \
	XX(GZIP, "gzip", "application/gzip")                                                                               \
	XX(ZIP, "zip", "application/zip")                                                                                  \
	XX(EVENT_STREAM, "", "text/event-stream")                                                                          \
	XX(FORM_URL_ENCODED, "", "application/x-www-form-urlencoded")                                                      \
	XX(FORM_MULTIPART, "", "multipart/form-data")                                                                      \
	XX(UNKNOWN, "", "application/octet-stream")

/** Kinds of contents, from the table above. */
enum class MimeType : uint8_t {
#define XX(name, extension, type) name,
	MIME_TYPE_MAP(XX)
#undef XX
};

#define XX(name, extension, type) constexpr MimeType MIME_##name = MimeType::name;
MIME_TYPE_MAP(XX)
#undef XX

/** "text/html" */
String toString(MimeType type);

namespace ContentType
{
/** @param extension without the dot, in any case. @return null when it is not known */
String fromFileExtension(const String& extension);

/** From what follows the last dot of a file's name; "page.html.gz" is application/gzip. Null when it is not known. */
String fromFullFileName(const String& fileName);

} // namespace ContentType
