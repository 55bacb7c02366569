/**
 * HttpResourceTree: which path of an HttpServer is answered by what.
 *
 *     server.paths.set("/", onIndex);
 *     server.paths.set("/ws", new WebsocketResource);
 *     server.paths.setDefault(onFile);
 *
 * Paths are compared as they are after decoding, case matters; a '/' at the end does not. A path that is not there
 * goes to the default, and without one is answered by 404.
 */
#pragma once

#include "HttpResource.h"
#include <WVector.h>

/** Answers a request. */
using HttpPathDelegate = Delegate<void(HttpRequest& request, HttpResponse& response)>;

/** The path under which the default stands. */
#define RESOURCE_PATH_DEFAULT String('*')

class HttpResourceTree
{
public:
	HttpResourceTree() = default;
	HttpResourceTree(const HttpResourceTree&) = delete;
	HttpResourceTree& operator=(const HttpResourceTree&) = delete;
	~HttpResourceTree()
	{
		clear();
	}

	/**
	 * Let a path be answered by a resource, in place of the one it had. May be called while a request is answered.
	 * @param resource owned by the tree from now on, also when this fails; nullptr takes the path out
	 * @return false when memory ran out
	 */
	bool set(const String& path, HttpResource* resource);
	bool set(const String& path, const HttpResourceDelegate& onRequestComplete);
	bool set(const String& path, const HttpPathDelegate& callback);

	bool setDefault(HttpResource* resource)
	{
		return set(RESOURCE_PATH_DEFAULT, resource);
	}
	bool setDefault(const HttpResourceDelegate& onRequestComplete)
	{
		return set(RESOURCE_PATH_DEFAULT, onRequestComplete);
	}
	bool setDefault(const HttpPathDelegate& callback)
	{
		return set(RESOURCE_PATH_DEFAULT, callback);
	}

	/** nullptr when there is none. */
	HttpResource* getDefault() const
	{
		return find(RESOURCE_PATH_DEFAULT);
	}

	/** The resource of exactly this path; nullptr when there is none. */
	HttpResource* find(const String& path) const;

	/** What answers requests for a path: its resource, or the default; nullptr when there is neither. */
	HttpResource* resolve(const String& path) const;

	bool contains(const String& path) const
	{
		return find(path) != nullptr;
	}
	bool remove(const String& path)
	{
		return set(path, static_cast<HttpResource*>(nullptr));
	}
	size_t count() const
	{
		return entries.count();
	}
	void clear();

private:
	struct Entry {
		String path;
		HttpResource* resource;
	};

	int indexOf(const String& path) const;

	Vector<Entry> entries;
};
