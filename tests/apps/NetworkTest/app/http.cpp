#include "tests.h"

void testHeaders()
{
	Check::group("HttpHeaders");
	HttpHeaders headers;
	headers[HTTP_HEADER_CONTENT_TYPE] = "text/plain";
	headers["x-custom"] = "1";
	headers["CONTENT-length"] = "5";
	CHECK_EQ(headers.count(), 3U);
	CHECK_EQ(headers["content-type"], "text/plain");
	CHECK_EQ(headers[HTTP_HEADER_CONTENT_LENGTH], "5");
	CHECK_EQ(headers["X-CUSTOM"], "1");
	CHECK(headers.contains("X-Custom"));
	CHECK(!headers.contains("X-Other"));
	CHECK(!headers.contains(HTTP_HEADER_DATE));
	const auto& constant = headers;
	CHECK(constant["X-Other"].isNull());
	CHECK_EQ(headers.count(), 3U);
	CHECK_EQ(headers[0U], "Content-Type: text/plain\r\n");
	CHECK(headers[9U].isNull());

	CHECK(headers.append(HTTP_HEADER_SET_COOKIE, "a=1"));
	CHECK(headers.append(HTTP_HEADER_SET_COOKIE, "b=2"));
	CHECK(!headers.append(HTTP_HEADER_CONTENT_TYPE, "text/html"));
	CHECK_EQ(headers[3U], "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n");

	// Numbers of custom names belong to one object
	HttpHeaders other;
	other["X-First"] = "first";
	other["X-Custom"] = "2";
	CHECK(other.setMultiple(headers));
	CHECK_EQ(other["X-First"], "first");
	CHECK_EQ(other["X-Custom"], "1");
	CHECK_EQ(other[HTTP_HEADER_CONTENT_TYPE], "text/plain");
	HttpHeaders copy(headers);
	CHECK_EQ(copy.count(), headers.count());
	copy.remove("x-custom");
	CHECK(!copy.contains("X-Custom"));
	copy = other;
	CHECK_EQ(copy.count(), other.count());

	String all;
	for(auto header : headers) {
		all += String(header);
		CHECK(!header.getFieldName().isEmpty());
	}
	CHECK(all.indexOf("x-custom: 1\r\n") >= 0);

	headers[HTTP_HEADER_DATE] = "Tue, 31 Dec 2024 23:59:58 GMT";
	CHECK_EQ(headers.getServerDate().toISO8601(), "2024-12-31T23:59:58Z");
	CHECK(headers.getLastModifiedDate().isNull());

	CHECK(HttpHeaderFields::isValidName("X-Token"));
	CHECK(!HttpHeaderFields::isValidName(""));
	CHECK(!HttpHeaderFields::isValidName("X Token"));
	CHECK(!HttpHeaderFields::isValidName("X:"));
	CHECK(!HttpHeaderFields::isValidName(String("X\0", 2)));
	CHECK(HttpHeaderFields::isValidValue("any thing"));
	CHECK(!HttpHeaderFields::isValidValue("a\nb"));
	CHECK(!HttpHeaderFields::isValidValue("a\rb"));
	CHECK(!HttpHeaderFields::isValidValue(String("a\0b", 3)));

	HttpHeaders full;
	for(unsigned i = 0; i < 300; ++i) {
		full[String("X-") + String(i)] = "v";
	}
	CHECK(full.count() <= 255);

	CHECK(Check::withFailingMemory([]() {
			  HttpHeaders set;
			  bool stored = set.set("X-A-Long-Custom-Name", "a value that does not fit inside of a String");
			  CHECK(stored == (set.count() == 1));
		  }) >= 2);

	// What is assigned is there, or the object tells; and so do copies of it
	CHECK(Check::withFailingMemory([]() {
			  HttpHeaders set;
			  set[HTTP_HEADER_AUTHORIZATION] = "a value that does not fit inside of a String";
			  set["X-A-Long-Custom-Name"] = "a value that does not fit inside of a String";
			  HttpHeaders copy(set);
			  HttpHeaders assigned;
			  assigned = copy;
			  HttpHeaders moved(std::move(assigned));
			  for(auto headers : {&set, &copy, &moved}) {
				  bool whole = headers->count() == 2;
				  for(auto header : *headers) {
					  whole = whole && header.value() == "a value that does not fit inside of a String";
				  }
				  CHECK(headers->isComplete() == whole);
			  }
			  CHECK(assigned.isComplete());
			  set.clear();
			  CHECK(set.isComplete());
		  }) >= 12);
	CHECK(Check::withFailingMemory([]() {
			  Url url("http://host/a%2Fpath/that/is/long/enough?a-parameter=with-a-value-of-some-length");
			  bool parsed = url.isValid();
			  url.Query["another-parameter"] = "with a value of some length, too";
			  const Url copy(url);
			  auto text = copy.toString();
			  if(parsed && copy.isComplete() && !text.isNull()) {
				  CHECK_EQ(text, "http://host/a%2Fpath/that/is/long/enough?a-parameter=with-a-value-of-some-length&"
								 "another-parameter=with%20a%20value%20of%20some%20length%2C%20too");
			  }
		  }) >= 12);
}

void testWords()
{
	Check::group("words of HTTP");
	CHECK_EQ(toString(HTTP_GET), "GET");
	CHECK_EQ(toString(HTTP_MSEARCH), "M-SEARCH");
	CHECK_EQ(toString(HTTP_STATUS_NOT_FOUND), "Not Found");
	CHECK_EQ(toString(HttpStatus(299)), "299");
	CHECK_EQ(httpGetStatusText(200), "OK");
	CHECK_EQ(toString(HPE_INVALID_STATUS), "INVALID_STATUS");
	CHECK_EQ(httpGetErrorDescription(HPE_INVALID_STATUS), "invalid HTTP status code");

	HttpRequest request("http://h/p?x=1");
	request.setMethod(HTTP_POST)->setHeader("X-A", "b")->setPostParameter("n", "v")->setBody("body");
	CHECK_EQ(request.toString(), "POST /p?x=1 HTTP/1.1\r\nX-A: b\r\n\r\n");
	CHECK_EQ(request.getHeader("x-a"), "b");
	CHECK_EQ(request.getPostParameter("n"), "v");
	CHECK_EQ(request.getQueryParameter("x"), "1");
	auto clone = request.clone();
	CHECK_EQ(clone->toString(), request.toString());
	CHECK(clone->getBodyStream() == nullptr);
	delete clone;
	CHECK_EQ(request.getBody(), "body");

	HttpResponse response;
	CHECK(response.isSuccess());
	response.code = HTTP_STATUS_BAD_REQUEST;
	CHECK(!response.isSuccess());
	response.setHeader("X-A", "b");
	CHECK_EQ(response.toString(), "HTTP/1.1 400 Bad Request\r\nX-A: b\r\n\r\n");

	CHECK_EQ(WifiEventsClass::getDisconnectReasonName(WIFI_DISCONNECT_REASON_AUTH_FAIL), "AUTH_FAIL");
	CHECK_EQ(toString(AUTH_WPA2_PSK), "WPA2_PSK");
	CHECK_EQ(String(Network::getErrorText(Network::SocketError::refused)), "connection refused");
}

namespace
{
int plainHandler(HttpConnection&, bool)
{
	return 0;
}
} // namespace

/* Handlers that are surely the same allow requests to share a TLS connection. */
void testTypes()
{
	Check::group("delegates compared");
	RequestCompletedDelegate a(plainHandler);
	RequestCompletedDelegate b(plainHandler);
	RequestCompletedDelegate c([](HttpConnection&, bool) { return 1; });
	CHECK(a == b);
	CHECK(!(a == c));
	CHECK(!(a == RequestCompletedDelegate()));
	CHECK(RequestCompletedDelegate() == RequestCompletedDelegate());
	auto capture = [](int value) { return RequestCompletedDelegate([value](HttpConnection&, bool) { return value; }); };
	CHECK(capture(1) == capture(1));
	CHECK(!(capture(1) == capture(2)));
}
