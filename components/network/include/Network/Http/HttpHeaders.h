/**
 * HttpHeaders: header fields of a message, in order.
 *
 *     headers[HTTP_HEADER_CONTENT_TYPE] = "text/plain";
 *     headers["X-Custom"] = "1";
 *     for(auto header : headers) { Serial.print(header); }
 *
 * When memory runs out, an assignment through [] is lost; set() tells, and isComplete() afterwards.
 */
#pragma once

#include "HttpHeaderFields.h"
#include <DateTime.h>
#include <Print.h>
#include <WHashMap.h>
#include <utility>

class HttpHeaders : public HttpHeaderFields, private HashMap<HttpHeaderFieldName, String>
{
	using Map = HashMap<HttpHeaderFieldName, String>;

public:
	/** One field, as a loop sees it. */
	class HeaderConst
	{
	public:
		HeaderConst(const HttpHeaders& headers, size_t index) : headers(headers), index(index)
		{
		}
		const HttpHeaderFieldName& key() const
		{
			return headers.keyAt(index);
		}
		const String& value() const
		{
			return headers.valueAt(index);
		}
		String getFieldName() const
		{
			return headers.toString(key());
		}
		/** "Name: value" with CR LF. */
		operator String() const
		{
			return headers[unsigned(index)];
		}
		size_t printTo(Print& p) const
		{
			return p.print(String(*this));
		}

	private:
		const HttpHeaders& headers;
		size_t index;
	};

	/** Goes through the fields. */
	class Iterator
	{
	public:
		Iterator(const HttpHeaders& headers, size_t index) : headers(headers), index(index)
		{
		}
		Iterator& operator++()
		{
			++index;
			return *this;
		}
		bool operator==(const Iterator& other) const
		{
			return index == other.index;
		}
		bool operator!=(const Iterator& other) const
		{
			return index != other.index;
		}
		HeaderConst operator*() const
		{
			return HeaderConst(headers, index);
		}

	private:
		const HttpHeaders& headers;
		size_t index;
	};

	HttpHeaders() = default;
	HttpHeaders(const HttpHeaders& other) : HttpHeaderFields(), Map()
	{
		copyFrom(other);
	}
	HttpHeaders(HttpHeaders&& other) noexcept
	{
		*this = std::move(other);
	}
	HttpHeaders& operator=(const HttpHeaders& other)
	{
		if(this != &other) {
			clear();
			copyFrom(other);
		}
		return *this;
	}
	/** Needs no memory; `other` is empty afterwards. */
	HttpHeaders& operator=(HttpHeaders&& other) noexcept
	{
		if(this != &other) {
			clear();
			HttpHeaderFields::operator=(std::move(other));
			Map::operator=(std::move(other));
			other.clear();
		}
		return *this;
	}

	Iterator begin() const
	{
		return Iterator(*this, 0);
	}
	Iterator end() const
	{
		return Iterator(*this, count());
	}
	using Map::count;

	/** False if a field that was assigned through [], or copied with the whole object, was lost for want of memory. */
	using Map::isComplete;

	/** Value of a field, created when it is not there. */
	String& operator[](HttpHeaderFieldName name)
	{
		return Map::operator[](name);
	}
	/** Value of a field; null when it is not there. */
	const String& operator[](HttpHeaderFieldName name) const
	{
		return Map::find(name);
	}
	String& operator[](const String& name);
	const String& operator[](const String& name) const
	{
		return Map::find(fromString(name));
	}
	String& operator[](const char* name)
	{
		return (*this)[String(name)];
	}
	const String& operator[](const char* name) const
	{
		return (*this)[String(name)];
	}
	/** Line for the field at a position: "Name: value" with CR LF; null beyond the end. */
	String operator[](unsigned index) const
	{
		return (index < count()) ? HttpHeaderFields::toString(keyAt(index), valueAt(index)) : String();
	}

	String operator[](unsigned index)
	{
		return static_cast<const HttpHeaders&>(*this)[index];
	}

	/** Store a value, replacing what was there. @return false when memory ran out */
	bool set(HttpHeaderFieldName name, const String& value);
	bool set(const String& name, const String& value)
	{
		return set(findOrCreate(name), value);
	}

	/** Add one more value to a field. @return false when there is one and the field has only one, or memory ran out */
	bool append(HttpHeaderFieldName name, const String& value);

	bool contains(HttpHeaderFieldName name) const
	{
		return Map::contains(name);
	}
	bool contains(const String& name) const
	{
		auto field = fromString(name);
		return field != HTTP_HEADER_UNKNOWN && Map::contains(field);
	}

	void remove(HttpHeaderFieldName name)
	{
		Map::remove(name);
	}
	void remove(const String& name)
	{
		Map::remove(fromString(name));
	}

	/** Copy all fields of another set into this one. @return false when memory ran out, also for the other one before */
	bool setMultiple(const HttpHeaders& other);

	void clear()
	{
		HttpHeaderFields::clear();
		Map::clear();
	}

	/** Null date when the field is not there or malformed. */
	DateTime getLastModifiedDate() const
	{
		return getDate(HTTP_HEADER_LAST_MODIFIED);
	}
	DateTime getServerDate() const
	{
		return getDate(HTTP_HEADER_DATE);
	}

private:
	void copyFrom(const HttpHeaders& other);
	DateTime getDate(HttpHeaderFieldName name) const;

	String lost; ///< where a value goes whose name could not be stored
};
