/**
 * JsonObject, JsonArray: JSON documents to be sent (RFC 8259), with the names that Sming's applications use.
 *
 *     JsonObjectStream* stream = new JsonObjectStream;
 *     JsonObject json = stream->getRoot();
 *     json["connected"] = true;
 *     JsonArray list = json.createNestedArray("available");
 *     list.add(12);
 *
 * Objects and arrays are references into a document, which owns everything. When memory runs out, what does not fit is
 * missing, and the document's isComplete() says so.
 */
#pragma once

#include "../FlashString.hpp"
#include "../Memory.h"
#include "../WString.h"
#include <type_traits>

/** A value of a document, with the name it has in its object. */
struct JsonNode : public Memory::Tagged<Memory::Tag::stream> {
	/** What a value is; `natural` is a whole number without sign. */
	enum class Type : uint8_t { null, boolean, integer, natural, real, text, array, object };

	JsonNode* parent = nullptr;
	JsonNode* next = nullptr;  ///< in the parent
	JsonNode* first = nullptr; ///< of an array or object
	String name;
	String text;
	union {
		int64_t integer;
		uint64_t natural;
		double real;
		bool boolean;
	};
	Type type = Type::null;
	bool incomplete = false; ///< of the root: something is missing in the document

	JsonNode() : integer(0)
	{
	}
	JsonNode(const JsonNode&) = delete;
	JsonNode& operator=(const JsonNode&) = delete;
	~JsonNode();

	/** Become an empty value of another type. */
	void become(Type newType);
	/** Append a child. @return nullptr without memory */
	JsonNode* add(const String& childName);
	/** Child of a name; nullptr when there is none. */
	JsonNode* find(const String& childName) const;
	JsonNode* findOrAdd(const String& childName);
	unsigned count() const;
	void setText(const String& value);
	void markIncomplete();

	template <typename T> void set(const T& value)
	{
		if constexpr(std::is_same<T, bool>::value) {
			become(Type::boolean);
			boolean = value;
		} else if constexpr(std::is_floating_point<T>::value) {
			become(Type::real);
			real = double(value);
		} else if constexpr(std::is_integral<T>::value && std::is_signed<T>::value) {
			become(Type::integer);
			integer = value;
		} else if constexpr(std::is_integral<T>::value) {
			become(Type::natural);
			natural = value;
		} else if constexpr(std::is_same<T, std::nullptr_t>::value) {
			become(Type::null);
		} else {
			setText(String(value));
		}
	}
};

class JsonArray;
class JsonObject;

/** Place of a value in an object; assigning to it makes the value. */
class JsonMember
{
public:
	JsonMember(JsonNode* object, const String& name) : object(object), name(name)
	{
	}
	template <typename T> JsonMember& operator=(const T& value)
	{
		auto node = (object == nullptr) ? nullptr : object->findOrAdd(name);
		if(node != nullptr) {
			node->set(value);
		}
		return *this;
	}
	JsonMember& operator=(const char* value)
	{
		return *this = String(value);
	}
	JsonMember(const JsonMember&) = default;
	/** True if there is no such value, or it is null. */
	bool isNull() const
	{
		auto node = find();
		return node == nullptr || node->type == JsonNode::Type::null;
	}
	/** A text; null for everything else. */
	String toString() const
	{
		auto node = find();
		return (node == nullptr) ? String() : node->text;
	}

private:
	JsonNode* find() const
	{
		return (object == nullptr) ? nullptr : object->find(name);
	}

	JsonNode* object;
	String name;
};

class JsonObject
{
public:
	JsonObject() = default;
	explicit JsonObject(JsonNode* node) : node(node)
	{
	}

	JsonMember operator[](const String& name) const
	{
		return JsonMember(node, name);
	}
	JsonObject createNestedObject(const String& name) const
	{
		return JsonObject(create(name, JsonNode::Type::object));
	}
	inline JsonArray createNestedArray(const String& name) const;

	bool containsKey(const String& name) const
	{
		return node != nullptr && node->find(name) != nullptr;
	}
	unsigned size() const
	{
		return (node == nullptr) ? 0 : node->count();
	}
	/** True if it could not be made for want of memory: what is assigned to it is lost. */
	bool isNull() const
	{
		return node == nullptr;
	}

private:
	JsonNode* create(const String& name, JsonNode::Type type) const
	{
		auto child = (node == nullptr) ? nullptr : node->findOrAdd(name);
		if(child != nullptr) {
			child->become(type);
		}
		return child;
	}

	JsonNode* node = nullptr;
};

class JsonArray
{
public:
	JsonArray() = default;
	explicit JsonArray(JsonNode* node) : node(node)
	{
	}

	/** @return false when memory ran out */
	template <typename T> bool add(const T& value) const
	{
		auto child = append();
		if(child != nullptr) {
			child->set(value);
		}
		return child != nullptr;
	}
	bool add(const char* value) const
	{
		return add(String(value));
	}
	JsonObject createNestedObject() const
	{
		return JsonObject(create(JsonNode::Type::object));
	}
	JsonArray createNestedArray() const
	{
		return JsonArray(create(JsonNode::Type::array));
	}
	unsigned size() const
	{
		return (node == nullptr) ? 0 : node->count();
	}
	bool isNull() const
	{
		return node == nullptr;
	}

private:
	JsonNode* append() const
	{
		return (node == nullptr) ? nullptr : node->add(nullptr);
	}
	JsonNode* create(JsonNode::Type type) const
	{
		auto child = append();
		if(child != nullptr) {
			child->become(type);
		}
		return child;
	}

	JsonNode* node = nullptr;
};

inline JsonArray JsonObject::createNestedArray(const String& name) const
{
	return JsonArray(create(name, JsonNode::Type::array));
}
