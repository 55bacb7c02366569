#include "tests.h"

void testEscape()
{
	Check::group("percent encoding");
	CHECK_EQ(uri_escape("abc-._~XYZ019"), "abc-._~XYZ019");
	CHECK_EQ(uri_escape("a b&c=d/\xC3\xA9%"), "a%20b%26c%3Dd%2F%C3%A9%25");
	CHECK_EQ(uri_escape(String("a\0b", 3)), "a%00b");
	CHECK_EQ(uri_escape("a/b", 3, "/"), "a/b");
	CHECK_EQ(uri_unescape("a%20b+c%2f%C3%A9"), "a b c/\xC3\xA9");
	CHECK_EQ(uri_unescape("a+b", 3, false), "a+b");
	CHECK_EQ(uri_unescape("100%"), "100%");
	CHECK_EQ(uri_unescape("%4"), "%4");
	CHECK_EQ(uri_unescape("%zz%41"), "%zzA");
	String text("x%41y");
	CHECK_EQ(uri_unescape_inplace(text), "xAy");
	char buffer[8];
	CHECK_EQ(String(uri_escape(buffer, sizeof(buffer), "a b c")), "a%20b");
	CHECK_EQ(String(uri_unescape(buffer, 4, "a%20bcd")), "a b");

	for(unsigned c = 0; c < 256; ++c) {
		char byte = char(c);
		CHECK(uri_unescape(uri_escape(&byte, 1)) == String(&byte, 1));
	}
}

void testParams()
{
	Check::group("HttpParams");
	HttpParams params("?a=1&b=two%20words&c&=x&a=3&d=%26+%3D");
	CHECK_EQ(params.count(), 5U);
	CHECK_EQ(params["a"], "3");
	CHECK_EQ(params["b"], "two words");
	CHECK(params.contains("c"));
	CHECK_EQ(params["d"], "& =");
	CHECK_EQ(HttpParams(params.toString()).toString(), params.toString());
	CHECK(HttpParams().toString().isNull());
	CHECK_EQ(HttpParams("&&&").count(), 0U);

	String many;
	for(unsigned i = 0; i < 200; ++i) {
		many += String("n") + String(i) + "=1&";
	}
	HttpParams limited;
	CHECK(!limited.parseQuery(many));
	CHECK_EQ(limited.count(), size_t(HTTP_MAX_PARAMS));
}

namespace
{
void testWhole()
{
	Url url("HTTPS://user:p%40ss@www.Example.com:8443/a%20path/file.txt?x=1&y=%26#frag%20ment");
	CHECK_EQ(url.Scheme, "https");
	CHECK_EQ(url.User, "user");
	CHECK_EQ(url.Password, "p@ss");
	CHECK_EQ(url.Host, "www.Example.com");
	CHECK_EQ(url.Port, 8443);
	CHECK_EQ(url.getPort(), 8443);
	CHECK_EQ(url.Path, "/a path/file.txt");
	CHECK_EQ(url.Query["y"], "&");
	CHECK_EQ(url.getQueryParam("x"), "1");
	CHECK_EQ(url.getQueryParam("z", "none"), "none");
	CHECK_EQ(url.Fragment, "frag ment");
	CHECK_EQ(url.getFileName(), "file.txt");
	CHECK_EQ(url.getRelativePath(), "a path/file.txt");
	CHECK_EQ(url.getPathWithQuery(), "/a%20path/file.txt?x=1&y=%26");
	CHECK_EQ(url.getHostWithPort(), "www.Example.com:8443");
	CHECK_EQ(url.toString(), "https://user:p%40ss@www.Example.com:8443/a%20path/file.txt?x=1&y=%26#frag%20ment");
	CHECK_EQ(Url(url.toString()).toString(), url.toString());
}

void testParts()
{
	CHECK_EQ(Url("http://a").getPathWithQuery(), "/");
	CHECK_EQ(Url("http://a?x").getPathWithQuery(), "/?x");
	CHECK_EQ(Url("http://a").getPort(), 80);
	CHECK_EQ(Url("https://a").getPort(), 443);
	CHECK_EQ(Url("mqtts://a").getPort(), 8883);
	CHECK_EQ(Url("wss://a").getPort(), 443);
	CHECK_EQ(Url("gopher://a").getPort(), 0);
	CHECK_EQ(Url("https://a:443/").getHostWithPort(), "a");
	CHECK_EQ(Url("http://a:443/").getHostWithPort(), "a:443");
	CHECK_EQ(Url("example.com/x").Host, "example.com");
	CHECK_EQ(Url("example.com:8080/x").Port, 8080);
	CHECK_EQ(Url("localhost:8080").Host, "localhost");
	CHECK_EQ(Url("//host/path").Host, "host");
	CHECK_EQ(Url("/only/path").Path, "/only/path");
	CHECK(Url("/only/path").Host.isEmpty());
	CHECK_EQ(Url(Url("file:///a/path").toString()).Path, "/a/path");
	CHECK_EQ(Url(Url("//user:secret@host/path").toString()).Host, "host");
	// Put together again, the path would name a host
	CHECK(!Url("http:////192.0.2.1/").isValid());
	CHECK(!Url("://192.0.2.1/").isValid());
	CHECK(!Url("http://:80/").isValid());
	CHECK_EQ(Url("http://192.168.1.1:80/").Host, "192.168.1.1");
	CHECK_EQ(Url("http://[2001:db8::1]:8080/x").Host, "2001:db8::1");
	CHECK_EQ(Url("http://[2001:db8::1]:8080/x").toString(), "http://[2001:db8::1]:8080/x");
	CHECK_EQ(Url("http://[::ffff:1.2.3.4]/").Host, "::ffff:1.2.3.4");
	CHECK_EQ(Url("mailto:someone").Path, "someone");
	CHECK_EQ(Url("mailto:someone").toString(), "mailto:someone");
	CHECK_EQ(Url("http://a@b@c/").Host, "c");
	CHECK_EQ(Url("http://a/b:c@d").Host, "a");
	CHECK_EQ(Url("http://a:").Port, 0);
	CHECK_EQ(Url(F("https://flash/")).Host, "flash");
	CHECK_EQ(Url("https", nullptr, nullptr, "h", 0, "/p", "q=1").toString(), "https://h/p?q=1");
}

/* What a server signed or took for one segment comes back as it was; what is edited is encoded anew. */
void testKept()
{
	for(auto path : {"/a%2Fb", "/a%2fb", "/%7Euser", "/a%252Fb", "/x?a=1&a=2", "/x?q=a+b", "/x?q=%e4", "/x?a&b=", "/x?=",
					 "/a?b?c", "/'()*!", "/%", "/x?sig=ab%2Bcd%3D%3D&t=1"}) {
		CHECK_EQ(Url(String("http://h") + path).getPathWithQuery(), path);
	}
	Url url("http://h/a%2Fb?x=1&x=2");
	CHECK_EQ(url.Path, "/a/b");
	url.Path = "/c d";
	url.Query["x"] = "9";
	CHECK_EQ(url.getPathWithQuery(), "/c%20d?x=9");
}

/* The limit is for the encoded form, too: what is made of a URL is one that can be parsed again. */
void testLimit()
{
	struct Case {
		const char* before; ///< what is repeated
		char repeated;
		size_t width; ///< in characters, encoded
		const char* after;
		size_t added; ///< characters that the encoded form has besides
	};
	for(const auto& part : {Case{"http://a/", 'x', 1, "", 0}, Case{"http://a/#", 'x', 1, "", 0},
							Case{"http://a/#", '\xff', 3, "", 0}, Case{"http://", '\xff', 3, "@a/", 0},
							Case{"http://u:", '!', 3, "@a/", 0}, Case{"", 'x', 1, "@a/", 2},
							Case{"http://a?", 'x', 1, "", 1}, Case{"http://a/?", '\xff', 1, "", 0}}) {
		auto room = URL_MAX_LENGTH - strlen(part.before) - strlen(part.after) - part.added;
		auto text = part.before + String("").padRight(room / part.width, part.repeated) + part.after;
		Url url(text);
		CHECK(url.isValid());
		auto encoded = url.toString();
		CHECK_EQ(encoded.length(), URL_MAX_LENGTH - room % part.width);
		CHECK_EQ(Url(encoded).toString(), encoded);
		text = part.before + String("").padRight(room / part.width + 1, part.repeated) + part.after;
		CHECK(!Url(text).isValid());
	}
}

void testRefused()
{
	for(auto bad : {"http://a b/", "http://a\r\nb/", "http://a/b c", "http://a/\r\nX: 1", "http://a:99999/", "http://a:x/",
					"http://a:-1/", "http://[::1/", "http://[]/", "http://[12]/", "http://[::1]x/", "http://a%41/",
					"http://a\\b/", "http://<a>/", "http://\x80/", "http://a:80:80/"}) {
		Url url(bad);
		CHECK(!url.isValid());
		CHECK(url.Host.isEmpty());
	}
	String longUrl("http://a/");
	while(longUrl.length() <= URL_MAX_LENGTH) {
		longUrl += "xxxxxxxxxxxxxxxx";
	}
	CHECK(!Url(longUrl).isValid());
	CHECK(!Url("").isValid());
	String self = "http://self/path";
	Url url(self);
	url = url.Path;
	CHECK_EQ(url.Path, "/path");
}
} // namespace

void testUrl()
{
	Check::group("Url");
	testWhole();
	testParts();
	testKept();
	testLimit();
	testRefused();
}

void testUrlMemory()
{
	Check::group("Url without memory");
	static const char text[] =
		"https://user:password@www.a-rather-long-name.example.com:8443/a%2Fb/and/a/longer/path?one=1&two=%32";
	static const char path[] = "/a%2Fb/and/a/longer/path?one=1&two=%32";
	auto failures = Check::withFailingMemory([]() {
		Url url(text);
		// Whole or nothing, never another URL
		auto encoded = url.toString();
		CHECK(encoded.isEmpty() || encoded == text);
		auto pathWithQuery = url.getPathWithQuery();
		CHECK(!url.isValid() || pathWithQuery.isNull() || pathWithQuery == path);
	});
	CHECK(failures > 5);
}
