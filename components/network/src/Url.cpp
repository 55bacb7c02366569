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

/* A URL with a part missing could lead somewhere else: without memory for all of it there is none. */
bool Url::parse(const String& source)
{
	String text(source); // `source` may be a part of this object
	clear();
	if((text.isNull() && !source.isNull()) || !parseText(text) || !fits(text.length())) {
		clear();
		return false;
	}
	return true;
}

bool Url::parseText(const String& text)
{
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
		if(Scheme.isNull()) {
			return false;
		}
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
		if(!parseAuthority(p, size_t(stop - p)) || (Host.isEmpty() && stop != p)) {
			return false;
		}
		p = stop;
	}
	if(Host.isEmpty() && end - p >= 2 && p[0] == '/' && p[1] == '/') {
		return false; // put together again, the first part of this path would be a host (RFC 3986 §3.3)
	}
	auto pathEnd = findChar(p, end, "?#");
	if(!parsePath(p, size_t(pathEnd - p))) {
		return false;
	}
	p = pathEnd;
	if(p < end && *p == '?') {
		++p;
		auto queryEnd = findChar(p, end, "#");
		if(!parseQuery(p, size_t(queryEnd - p))) {
			return false;
		}
		p = queryEnd;
	}
	if(p < end) {
		Fragment = uri_unescape(p + 1, size_t(end - p - 1), false);
		return !Fragment.isNull();
	}
	return true;
}

/* Put together it may be longer than the `length` that was parsed; it must be a URL still. */
bool Url::fits(size_t length) const
{
	constexpr size_t slashes = 3; // "//" before a user, "/" for no path
	if(length + 2 * (User.length() + Password.length() + Fragment.length()) + slashes <= URL_MAX_LENGTH) {
		return true; // whichever of their characters are encoded
	}
	auto encoded = toString();
	return !encoded.isNull() && encoded.length() <= URL_MAX_LENGTH;
}

bool Url::parsePath(const char* text, size_t length)
{
	Path = uri_unescape(text, length, false);
	auto encoded = uri_escape(Path.c_str(), Path.length(), pathCharacters);
	if(Path.isNull() || encoded.isNull()) {
		return false;
	}
	if(!encoded.equals(text, length)) {
		rawPath = String(text, length);
		return !rawPath.isNull();
	}
	return true;
}

bool Url::parseQuery(const char* text, size_t length)
{
	// Too many parameters are no error here: the text is kept as it is
	if(!Query.parseQuery(text, length) && Query.count() < HTTP_MAX_PARAMS) {
		return false;
	}
	auto encoded = Query.toString();
	if(encoded.isNull() && Query.count() > 0) {
		return false;
	}
	if(!encoded.equals(text, length)) {
		rawQuery = String(text, length);
		return !rawQuery.isNull();
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
			if(Password.isNull()) {
				return false;
			}
		}
		if(User.isNull()) {
			return false;
		}
		text = at + 1;
		break;
	}
	bool literal = (text < end && *text == '[');
	auto hostEnd = literal ? findChar(++text, end, "]") : findChar(text, end, ":");
	auto hostLength = size_t(hostEnd - text);
	if(literal ? (hostEnd == end || !isIpLiteral(text, hostLength)) : !isHostName(text, hostLength)) {
		return false;
	}
	Host = String(text, hostLength);
	if(Host.isNull()) {
		return false;
	}
	hostEnd += literal;
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

bool Url::isComplete() const
{
	for(auto part : {&Scheme, &User, &Password, &Host, &Path, &Fragment, &rawPath, &rawQuery}) {
		if(part->isFailed()) {
			return false;
		}
	}
	return Query.isComplete();
}

String Url::toString() const
{
	String text;
	bool ok = true;
	auto add = [&text, &ok](const String& part) { ok = ok && !part.isNull() && text.concat(part); };
	if(!Scheme.isEmpty()) {
		add(Scheme);
		add(Host.isEmpty() ? ":" : "://");
	}
	if(!User.isEmpty()) {
		if(Scheme.isEmpty()) {
			add("//"); // else "user:" would be a scheme
		}
		add(uri_escape(User));
		if(!Password.isEmpty()) {
			add(":");
			add(uri_escape(Password));
		}
		add("@");
	}
	if(!Host.isEmpty()) {
		add(getHostWithPort());
	}
	bool bare = Host.isEmpty() && Path.isEmpty();
	if(!bare) {
		add(getPathWithQuery());
	}
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
	auto path = encodePath();
	bool ok = !path.isNull() && text.concat(path);
	if(Query.count() > 0 || rawQuery) {
		auto query = encodeQuery();
		ok = ok && !query.isNull() && (query.isEmpty() || (text.concat('?') && text.concat(query)));
	}
	return ok ? text : String();
}

/* What was parsed, as long as the part was not changed since; else the part encoded anew. Null without memory. */
String Url::encodePath() const
{
	if(rawPath) {
		auto decoded = uri_unescape(rawPath.c_str(), rawPath.length(), false);
		if(decoded.isNull() || decoded == Path) {
			return decoded.isNull() ? decoded : rawPath;
		}
	}
	return uri_escape(Path.c_str(), Path.length(), pathCharacters);
}

String Url::encodeQuery() const
{
	if(rawQuery) {
		HttpParams decoded;
		if(!decoded.parseQuery(rawQuery) && decoded.count() < HTTP_MAX_PARAMS) {
			return nullptr;
		}
		if(decoded == Query) {
			return rawQuery;
		}
	}
	return (Query.count() == 0) ? String("") : Query.toString();
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
