#include <Network/Url.h>
#include <Network/WebHelpers/escape.h>
#include <Print.h>
#include <cstring>
#include <stringutil.h>

#define XX(name, str, port) DEFINE_FSTR(URI_SCHEME_##name, #str);
URI_SCHEME_MAP(XX)
#undef XX

namespace
{
/* What may stand unencoded in a path besides the unreserved characters (RFC 3986 §3.3). */
constexpr char pathCharacters[] = "/:@!$&'()*+,;=";

bool isAlpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isDigit(char c)
{
	return c >= '0' && c <= '9';
}

/* RFC 3986 §3.1 */
bool isScheme(const char* text, size_t length)
{
	if(length == 0 || !isAlpha(text[0])) {
		return false;
	}
	for(size_t i = 0; i < length; ++i) {
		char c = text[i];
		if(!isAlpha(c) && !isDigit(c) && c != '+' && c != '-' && c != '.') {
			return false;
		}
	}
	return true;
}

/* Names as DNS and certificates know them; no percent encoding. */
bool isHostName(const char* text, size_t length)
{
	for(size_t i = 0; i < length; ++i) {
		char c = text[i];
		if(!isAlpha(c) && !isDigit(c) && c != '-' && c != '.' && c != '_') {
			return false;
		}
	}
	return length <= 253;
}

/* Inside of [...]: hexadecimal digits, colons, dots and a zone (RFC 3986 §3.2.2, RFC 6874). */
bool isIpLiteral(const char* text, size_t length)
{
	if(memchr(text, ':', length) == nullptr || length > 64) {
		return false;
	}
	for(size_t i = 0; i < length; ++i) {
		if(text[i] == '%') {
			return i + 1 < length;
		}
		if(unhex(text[i]) < 0 && text[i] != ':' && text[i] != '.') {
			return false;
		}
	}
	return true;
}

const char* findChar(const char* text, const char* end, const char* set)
{
	while(text < end && strchr(set, *text) == nullptr) {
		++text;
	}
	return text;
}

} // namespace

Url::Url(const String& scheme, const String& user, const String& password, const String& host, int port,
		 const String& path, const String& query, const String& fragment)
	: Scheme(scheme), User(user), Password(password), Host(host), Port(port), Path(path), Query(query),
	  Fragment(fragment)
{
	Scheme.toLowerCase();
	if(Port == 0) {
		Port = getDefaultPort(Scheme);
	}
}

void Url::clear()
{
	*this = Url();
}

bool Url::parse(const String& source)
{
	String text(source); // `source` may be a part of this object
	clear();
	auto p = text.c_str();
	auto end = p + text.length();
	if(text.length() > URL_MAX_LENGTH) {
		return false;
	}
	for(auto c = p; c < end; ++c) {
		if(uint8_t(*c) <= ' ' || *c == 0x7f) {
			return false;
		}
	}

	auto colon = findChar(p, end, ":/?#");
	if(colon < end && *colon == ':' && isScheme(p, size_t(colon - p)) &&
	   ((end - colon > 2 && colon[1] == '/' && colon[2] == '/') || !isDigit(colon[1]))) {
		Scheme = String(p, size_t(colon - p));
		Scheme.toLowerCase();
		p = colon + 1;
	}
	bool authority = true;
	if(end - p >= 2 && p[0] == '/' && p[1] == '/') {
		p += 2;
	} else {
		// "host/path" without a scheme is taken as Sming takes it; "/path" and "mailto:…" have no host
		authority = Scheme.isEmpty() && p < end && *p != '/';
	}
	if(authority) {
		auto stop = findChar(p, end, "/?#");
		if(!parseAuthority(p, size_t(stop - p))) {
			clear();
			return false;
		}
		p = stop;
	}

	auto pathEnd = findChar(p, end, "?#");
	String raw(p, size_t(pathEnd - p));
	Path = uri_unescape(p, size_t(pathEnd - p), false);
	if(uri_escape(Path.c_str(), Path.length(), pathCharacters) != raw) {
		rawPath = raw;
	}
	p = pathEnd;
	if(p < end && *p == '?') {
		++p;
		auto queryEnd = findChar(p, end, "#");
		raw = String(p, size_t(queryEnd - p));
		Query.parseQuery(raw);
		if(Query.toString() != raw) {
			rawQuery = raw;
		}
		p = queryEnd;
	}
	if(p < end) {
		Fragment = uri_unescape(p + 1, size_t(end - p - 1), false);
	}
	return true;
}

/* [user[:password]@]host[:port] (RFC 3986 §3.2) */
bool Url::parseAuthority(const char* text, size_t length)
{
	auto end = text + length;
	for(auto at = end; at > text;) {
		if(*--at != '@') {
			continue;
		}
		auto colon = findChar(text, at, ":");
		User = uri_unescape(text, size_t(colon - text), false);
		if(colon < at) {
			Password = uri_unescape(colon + 1, size_t(at - colon - 1), false);
		}
		text = at + 1;
		break;
	}
	const char* hostEnd;
	if(text < end && *text == '[') {
		hostEnd = findChar(++text, end, "]");
		if(hostEnd == end || !isIpLiteral(text, size_t(hostEnd - text))) {
			return false;
		}
		Host = String(text, size_t(hostEnd - text));
		++hostEnd;
	} else {
		hostEnd = findChar(text, end, ":");
		if(!isHostName(text, size_t(hostEnd - text))) {
			return false;
		}
		Host = String(text, size_t(hostEnd - text));
	}
	if(hostEnd == end) {
		return true;
	}
	uint32_t port = 0;
	auto digits = hostEnd + 1;
	if(*hostEnd != ':' || (digits < end && !parseNumber(digits, size_t(end - digits), 65535, port))) {
		return false;
	}
	Port = int(port);
	return true;
}

String Url::toString() const
{
	String text;
	bool ok = true;
	auto add = [&text, &ok](const String& part) { ok = ok && text.concat(part); };
	if(!Scheme.isEmpty()) {
		add(Scheme);
		add(Host.isEmpty() ? ":" : "://");
	}
	if(!User.isEmpty()) {
		add(uri_escape(User));
		if(!Password.isEmpty()) {
			add(":");
			add(uri_escape(Password));
		}
		add("@");
	}
	add(getHostWithPort());
	bool bare = Host.isEmpty() && Path.isEmpty();
	auto path = bare ? String("") : getPathWithQuery();
	ok = ok && !path.isNull();
	add(path);
	if(!Fragment.isEmpty()) {
		add("#");
		add(uri_escape(Fragment.c_str(), Fragment.length(), "/?:@!$&'()*+,;="));
	}
	return ok ? text : String();
}

String Url::getScheme() const
{
	if(Scheme.isEmpty()) {
		return URI_SCHEME_HTTP;
	}
	String scheme(Scheme);
	scheme.toLowerCase();
	return scheme;
}

int Url::getDefaultPort(const String& scheme)
{
#define XX(name, str, port)                                                                                            \
	if(scheme == URI_SCHEME_##name) {                                                                                  \
		return port;                                                                                                   \
	}
	URI_SCHEME_MAP(XX)
#undef XX
	return 0;
}

String Url::getHostWithPort() const
{
	bool literal = Host.indexOf(':') >= 0;
	String text;
	if(literal) {
		text += "[";
	}
	text += Host;
	if(literal) {
		text += "]";
	}
	if(Port != 0 && Port != getDefaultPort(getScheme())) {
		text += ":";
		text += Port;
	}
	return text;
}

String Url::getPathWithQuery() const
{
	String text;
	if(Path.isEmpty() || Path[0] != '/') {
		// A path of the form "mailto:someone" has no '/'
		if(!Host.isEmpty() || Path.isEmpty()) {
			text = "/";
		}
	}
	bool rawPathHolds = rawPath && uri_unescape(rawPath.c_str(), rawPath.length(), false) == Path;
	auto path = rawPathHolds ? rawPath : uri_escape(Path.c_str(), Path.length(), pathCharacters);
	bool ok = !path.isNull() && text.concat(path);
	if(Query.count() > 0 || rawQuery) {
		bool rawQueryHolds = rawQuery && HttpParams(rawQuery) == Query;
		auto query = rawQueryHolds ? rawQuery : Query.toString();
		ok = ok && (Query.count() == 0 || !query.isNull());
		if(!query.isEmpty()) {
			ok = ok && text.concat('?') && text.concat(query);
		}
	}
	return ok ? text : String();
}

String Url::getFileName() const
{
	return Path.substring(size_t(Path.lastIndexOf('/') + 1));
}

void Url::debugPrintTo(Print& p) const
{
	p << "Scheme: " << Scheme << endl;
	p << "User: " << User << endl;
	p << "Host: " << Host << endl;
	p << "Port: " << Port << endl;
	p << "Path: " << Path << endl;
	p << "Query: " << endl;
	Query.debugPrintTo(p);
	p << "Fragment: " << Fragment << endl;
}
