#include <Network/Http/HttpResourceTree.h>

namespace
{
/* "/a/" and "/a" are one path; "/" is itself. */
size_t significantLength(const String& path)
{
	auto length = path.length();
	return (length > 1 && path[length - 1] == '/') ? length - 1 : length;
}

} // namespace

int HttpResourceTree::indexOf(const String& path) const
{
	auto length = significantLength(path);
	for(size_t i = 0; i < entries.count(); ++i) {
		auto& known = entries[i].path;
		if(known.length() == length && memcmp(known.c_str(), path.c_str(), length) == 0) {
			return int(i);
		}
	}
	return -1;
}

HttpResource* HttpResourceTree::find(const String& path) const
{
	int index = indexOf(path);
	return (index < 0) ? nullptr : entries[size_t(index)].resource;
}

HttpResource* HttpResourceTree::resolve(const String& path) const
{
	auto resource = find(path);
	return (resource == nullptr) ? getDefault() : resource;
}

bool HttpResourceTree::set(const String& path, HttpResource* resource)
{
	int index = indexOf(path);
	auto old = (index < 0) ? nullptr : entries[size_t(index)].resource;
	if(resource == old) {
		return true;
	}
	if(resource == nullptr) {
		entries.removeElementAt(size_t(index));
	} else {
		resource->retain();
		if(index >= 0) {
			entries[size_t(index)].resource = resource;
		} else {
			Entry entry{String(path.c_str(), significantLength(path)), resource};
			if((entry.path.isNull() && !path.isNull()) || !entries.add(std::move(entry))) {
				resource->release();
				return false;
			}
		}
	}
	if(old != nullptr) {
		old->release();
	}
	return true;
}

bool HttpResourceTree::set(const String& path, const HttpResourceDelegate& onRequestComplete)
{
	auto resource = new HttpResource;
	if(resource == nullptr) {
		return false;
	}
	resource->onRequestComplete = onRequestComplete;
	return set(path, resource);
}

namespace
{
/* A resource for the simple kind of function, which a Delegate of the other kind has no room for. */
class PathResource final : public HttpResource
{
public:
	explicit PathResource(const HttpPathDelegate& callback) : callback(callback)
	{
		onRequestComplete = HttpResourceDelegate(&PathResource::answer, this);
	}

private:
	int answer(HttpServerConnection&, HttpRequest& request, HttpResponse& response)
	{
		auto function = callback;
		function(request, response);
		return 0;
	}

	HttpPathDelegate callback;
};

} // namespace

bool HttpResourceTree::set(const String& path, const HttpPathDelegate& callback)
{
	auto resource = new PathResource(callback);
	return resource != nullptr && set(path, resource);
}

void HttpResourceTree::clear()
{
	while(!entries.isEmpty()) {
		auto resource = entries[entries.count() - 1].resource;
		entries.removeElementAt(entries.count() - 1);
		resource->release();
	}
}
