/** LinkedObject: an object that carries its own place in a singly linked list. */
#pragma once

class LinkedObject
{
public:
	virtual ~LinkedObject() = default;
	LinkedObject* next() const
	{
		return nextObject;
	}
	LinkedObject* getNext() const
	{
		return nextObject;
	}

private:
	friend class LinkedObjectList;
	LinkedObject* nextObject = nullptr;
};

/** The same, where next() has the type of the object. */
template <typename ObjectType> class LinkedObjectTemplate : public LinkedObject
{
public:
	ObjectType* next() const
	{
		return static_cast<ObjectType*>(LinkedObject::next());
	}
	ObjectType* getNext() const
	{
		return next();
	}
};
