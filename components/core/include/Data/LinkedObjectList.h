/**
 * Lists of LinkedObjects. They need no memory of their own; an object can be in one list at a time.
 * LinkedObjectListTemplate refers to objects, OwnedLinkedObjectListTemplate deletes them in the end.
 */
#pragma once

#include "LinkedObject.h"
#include <cstddef>

/** A list of objects that are linked by a member of their own: adding one takes no memory. It does not own them. */
class LinkedObjectList
{
public:
	LinkedObject* head() const
	{
		return first;
	}
	bool isEmpty() const
	{
		return first == nullptr;
	}
	size_t count() const
	{
		size_t n = 0;
		for(auto object = first; object != nullptr; object = object->nextObject) {
			++n;
		}
		return n;
	}
	bool contains(const LinkedObject* wanted) const
	{
		auto object = first;
		while(object != nullptr && object != wanted) {
			object = object->nextObject;
		}
		return object != nullptr;
	}
	/** Append. @return false for nullptr */
	bool add(LinkedObject* object)
	{
		if(object == nullptr) {
			return false;
		}
		auto place = &first;
		while(*place != nullptr) {
			place = &(*place)->nextObject;
		}
		*place = object;
		object->nextObject = nullptr;
		return true;
	}
	bool insert(LinkedObject* object) ///< as the first
	{
		if(object == nullptr) {
			return false;
		}
		object->nextObject = first;
		first = object;
		return true;
	}
	/** Take out. @return false when it was not in the list */
	bool remove(LinkedObject* object)
	{
		for(auto place = &first; *place != nullptr; place = &(*place)->nextObject) {
			if(*place == object) {
				*place = object->nextObject;
				object->nextObject = nullptr;
				return true;
			}
		}
		return false;
	}
	LinkedObject* pop() ///< take out the first, nullptr when empty
	{
		auto object = first;
		if(object != nullptr) {
			first = object->nextObject;
			object->nextObject = nullptr;
		}
		return object;
	}
	void clear() ///< forget all objects
	{
		while(pop() != nullptr) {
		}
	}

private:
	LinkedObject* first = nullptr;
};

template <typename ObjectType> class LinkedObjectListTemplate : public LinkedObjectList
{
public:
	/** Goes through the objects from the first to the last. */
	class Iterator
	{
	public:
		explicit Iterator(ObjectType* object) : object(object)
		{
		}
		ObjectType& operator*() const
		{
			return *object;
		}
		bool operator!=(const Iterator& rhs) const
		{
			return object != rhs.object;
		}
		Iterator& operator++()
		{
			object = static_cast<ObjectType*>(object->LinkedObject::next());
			return *this;
		}

	private:
		ObjectType* object;
	};

	ObjectType* head() const
	{
		return static_cast<ObjectType*>(LinkedObjectList::head());
	}
	ObjectType* pop()
	{
		return static_cast<ObjectType*>(LinkedObjectList::pop());
	}
	Iterator begin() const
	{
		return Iterator(head());
	}
	Iterator end() const
	{
		return Iterator(nullptr);
	}
};

template <typename ObjectType> class OwnedLinkedObjectListTemplate : public LinkedObjectListTemplate<ObjectType>
{
public:
	OwnedLinkedObjectListTemplate() = default;
	OwnedLinkedObjectListTemplate(const OwnedLinkedObjectListTemplate&) = delete;
	OwnedLinkedObjectListTemplate& operator=(const OwnedLinkedObjectListTemplate&) = delete;
	~OwnedLinkedObjectListTemplate()
	{
		clear();
	}
	bool remove(ObjectType* object) ///< and delete
	{
		bool found = LinkedObjectList::remove(object);
		if(found) {
			delete object;
		}
		return found;
	}
	void clear()
	{
		while(auto object = this->pop()) {
			delete object;
		}
	}
};
