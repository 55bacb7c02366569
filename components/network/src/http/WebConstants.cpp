#include <Network/WebConstants.h>

String toString(MimeType type)
{
	switch(type) {
#define XX(name, extension, text)                                                                                      \
	case MimeType::name:                                                                                               \
		return F(text);
		MIME_TYPE_MAP(XX)
#undef XX
	}
	return nullptr;
}

String ContentType::fromFileExtension(const String& extension)
{
	if(extension.isEmpty()) {
		return nullptr;
	}
#define XX(name, known, text)                                                                                          \
	if(extension.equalsIgnoreCase(known)) {                                                                            \
		return F(text);                                                                                                \
	}
	MIME_TYPE_MAP(XX)
	XX(GZIP, "gz", "application/gzip")
	XX(HTML, "htm", "text/html")
	XX(JPEG, "jpeg", "image/jpeg")
	XX(JS, "mjs", "text/javascript")
#undef XX
	return nullptr;
}

String ContentType::fromFullFileName(const String& fileName)
{
	int dot = fileName.lastIndexOf('.');
	return (dot < 0) ? String() : fromFileExtension(fileName.substring(size_t(dot) + 1));
}
