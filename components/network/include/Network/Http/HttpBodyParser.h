/**
 * Body parsers of HttpServer: what is done with a request's body, chosen by its content type.
 *
 * A parser is called with PARSE_DATASTART, with each piece of the body, and with PARSE_DATAEND, which also comes when
 * the connection broke off in between. It may keep a state of its own in request.args, which it frees at the end: while
 * it runs, and only then, request.args is the parser's, and the application's is kept aside. What it leaves there at
 * PARSE_DATAEND becomes the application's, unless the application has set one.
 */
#pragma once

#include "HttpCommon.h"
#include "HttpRequest.h"
#include <WHashMap.h>
#include <cstdint>

/** @name Lengths with a meaning; `at` is nullptr */
constexpr int PARSE_DATASTART = -1; ///< the body begins
constexpr int PARSE_DATAEND = -2;	///< the body is over

/** Returned at PARSE_DATAEND: the body is not valid after all, or memory ran out. Any other number means nothing there. */
constexpr size_t PARSE_FAILED = SIZE_MAX / 2;

/**
 * @param at     a piece of the body
 * @param length its length or one of the above
 * @return bytes used; fewer than `length` means that the body is not valid or too large
 */
using HttpBodyParserDelegate = Delegate<size_t(HttpRequest& request, const char* at, int length)>;

/** Parsers by content type: "application/json", one for all of a kind ("text/" and an asterisk), or for all ("*"). */
using BodyParsers = HashMap<String, HttpBodyParserDelegate>;

/** application/x-www-form-urlencoded: fills request.postParams. */
size_t formUrlParser(HttpRequest& request, const char* at, int length);

/** Any type: keeps the body in memory for request.getBody(). */
size_t bodyToStringParser(HttpRequest& request, const char* at, int length);
