/**
 * HttpParams: names and values of a query or a form ("a=1&b=two"), held decoded.
 *
 * Of several values with one name the last counts. A name without '=' has an empty value.
 */
#pragma once

#include <Print.h>
#include <WHashMap.h>
#include <WString.h>

/** More parameters than this are dropped. */
#ifndef HTTP_MAX_PARAMS
#define HTTP_MAX_PARAMS 64
#endif

class HttpParams : public HashMap<String, String>
{
public:
	HttpParams() = default;
	HttpParams(const HttpParams&) = default;
	HttpParams& operator=(const HttpParams&) = default;

	/** Encoded text, with or without a leading '?'. */
	HttpParams(const String& query)
	{
		parseQuery(query);
	}

	/**
	 * Add the parameters of an encoded text.
	 * @return false when memory ran out or there are too many; some are then missing
	 */
	bool parseQuery(const char* query, size_t length);
	bool parseQuery(const String& query)
	{
		return parseQuery(query.c_str(), query.length());
	}
	bool parseQuery(char* query)
	{
		return parseQuery(query, strlen(query));
	}

	/** Encoded text without '?'; null when there are no parameters or memory ran out. */
	String toString() const;

	operator String() const
	{
		return toString();
	}

	/** True if both hold the same names and values in the same order. */
	bool operator==(const HttpParams& other) const;

	/** Encoded, with a leading '?' if there are any. */
	size_t printTo(Print& p) const;

	/** One "name = value" on a line. */
	void debugPrintTo(Print& p) const;
};
