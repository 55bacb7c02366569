/**
 * Vector: a list in one block of memory that grows.
 *
 * Functions that need memory return false when there is none and leave the vector as it was. A copy that
 * could not be made is empty. An index beyond the end is a programming error: hal_panic().
 */
#pragma once

#include "Memory.h"
#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>

namespace VectorDetail
{
[[noreturn]] void indexError(); ///< ends the program with a message
} // namespace VectorDetail

template <class Element> class Vector
{
public:
	using Comparer = int (*)(const Element& lhs, const Element& rhs);

	explicit Vector(size_t initialCapacity = 0, size_t = 0)
	{
		if(initialCapacity != 0) {
			ensureCapacity(initialCapacity);
		}
	}
	Vector(const Vector& rhs)
	{
		copyFrom(rhs);
	}
	Vector(Vector&& rhs) noexcept
	{
		swap(rhs);
	}
	~Vector()
	{
		clear();
		Memory::release(elements);
	}
	Vector& operator=(const Vector& rhs)
	{
		if(this != &rhs) {
			copyFrom(rhs);
		}
		return *this;
	}
	Vector& operator=(Vector&& rhs) noexcept
	{
		swap(rhs);
		return *this;
	}
	void swap(Vector& other)
	{
		std::swap(elements, other.elements);
		std::swap(used, other.used);
		std::swap(reserved, other.reserved);
	}

	/** Become a copy of `rhs`. @return false when memory ran out; the vector is then empty */
	bool copyFrom(const Vector& rhs)
	{
		clear();
		if(!ensureCapacity(rhs.used)) {
			return false;
		}
		for(; used < rhs.used; ++used) {
			new(&elements[used]) Element(rhs.elements[used]);
		}
		return true;
	}

	size_t count() const
	{
		return used;
	}
	size_t size() const
	{
		return used;
	}
	size_t capacity() const
	{
		return reserved;
	}
	bool isEmpty() const
	{
		return used == 0;
	}
	bool contains(const Element& element) const
	{
		return indexOf(element) >= 0;
	}
	int indexOf(const Element& element) const ///< -1 when not found
	{
		for(size_t i = 0; i < used; ++i) {
			if(elements[i] == element) {
				return int(i);
			}
		}
		return -1;
	}
	int lastIndexOf(const Element& element) const
	{
		for(size_t i = used; i-- > 0;) {
			if(elements[i] == element) {
				return int(i);
			}
		}
		return -1;
	}

	const Element& operator[](size_t index) const
	{
		check(index);
		return elements[index];
	}
	Element& operator[](size_t index)
	{
		check(index);
		return elements[index];
	}
	const Element& at(size_t index) const
	{
		return (*this)[index];
	}
	Element& at(size_t index)
	{
		return (*this)[index];
	}
	const Element& elementAt(size_t index) const
	{
		return (*this)[index];
	}
	Element& elementAt(size_t index)
	{
		return (*this)[index];
	}
	const Element& firstElement() const
	{
		return (*this)[0];
	}
	const Element& lastElement() const
	{
		return (*this)[used - 1];
	}
	Element* begin()
	{
		return elements;
	}
	Element* end()
	{
		return elements + used;
	}
	const Element* begin() const
	{
		return elements;
	}
	const Element* end() const
	{
		return elements + used;
	}

	/** Append. `element` may be one of this vector's own. */
	bool add(const Element& element)
	{
		return insertElementAt(element, used);
	}
	bool add(Element&& element)
	{
		// Grown by hand so that an element of this vector survives the move of the block
		Element value(std::move(element));
		if(!ensureRoom()) {
			element = std::move(value);
			return false;
		}
		new(&elements[used++]) Element(std::move(value));
		return true;
	}
	bool addElement(const Element& element)
	{
		return add(element);
	}
	bool addElement(Element* element) ///< appends a copy of *element
	{
		return element != nullptr && add(*element);
	}
	/** Insert before `index`, 0..count(). */
	bool insertElementAt(const Element& element, size_t index)
	{
		if(index > used) {
			return false;
		}
		Element value(element);
		if(!ensureRoom()) {
			return false;
		}
		if(index == used) {
			new(&elements[used]) Element(std::move(value));
		} else {
			new(&elements[used]) Element(std::move(elements[used - 1]));
			for(size_t i = used - 1; i > index; --i) {
				elements[i] = std::move(elements[i - 1]);
			}
			elements[index] = std::move(value);
		}
		++used;
		return true;
	}
	bool setElementAt(const Element& element, size_t index)
	{
		if(index >= used) {
			return false;
		}
		elements[index] = element;
		return true;
	}
	bool removeElement(const Element& element) ///< the first one that is equal
	{
		int index = indexOf(element);
		return index >= 0 && removeElementAt(size_t(index));
	}
	bool removeElementAt(size_t index)
	{
		if(index >= used) {
			return false;
		}
		for(size_t i = index; i + 1 < used; ++i) {
			elements[i] = std::move(elements[i + 1]);
		}
		elements[--used].~Element();
		return true;
	}
	/** Take an element out; the caller gets it. */
	Element remove(size_t index)
	{
		check(index);
		Element element(std::move(elements[index]));
		removeElementAt(index);
		return element;
	}
	void clear() ///< the memory stays reserved
	{
		while(used != 0) {
			elements[--used].~Element();
		}
	}
	void removeAllElements()
	{
		clear();
	}

	bool ensureCapacity(size_t minCapacity)
	{
		return minCapacity <= reserved || relocate(minCapacity);
	}
	bool allocate(size_t minCapacity)
	{
		return ensureCapacity(minCapacity);
	}
	/** Change the number of elements; new ones are default constructed. */
	bool setSize(size_t newSize)
	{
		if(!ensureCapacity(newSize)) {
			return false;
		}
		while(used > newSize) {
			elements[--used].~Element();
		}
		while(used < newSize) {
			new(&elements[used++]) Element();
		}
		return true;
	}
	void trimToSize()
	{
		if(used == 0) {
			Memory::release(elements);
			elements = nullptr;
			reserved = 0;
		} else if(used < reserved) {
			relocate(used);
		}
	}
	void copyInto(Element* array) const
	{
		for(size_t i = 0; i < used; ++i) {
			array[i] = elements[i];
		}
	}
	/** Stable insertion sort: smallest code, meant for short lists. */
	template <typename Compare> void sort(Compare compare)
	{
		for(size_t i = 1; i < used; ++i) {
			Element value(std::move(elements[i]));
			size_t j = i;
			for(; j > 0 && compare(elements[j - 1], value) > 0; --j) {
				elements[j] = std::move(elements[j - 1]);
			}
			elements[j] = std::move(value);
		}
	}

private:
	void check(size_t index) const
	{
		if(index >= used) {
			VectorDetail::indexError();
		}
	}
	bool ensureRoom()
	{
		return used < reserved || relocate(reserved < 4 ? 4 : reserved + reserved / 2);
	}
	bool relocate(size_t newCapacity)
	{
		if(newCapacity > SIZE_MAX / sizeof(Element)) {
			return false;
		}
		auto block = static_cast<Element*>(Memory::allocate(newCapacity * sizeof(Element), Memory::Tag::application));
		if(block == nullptr) {
			return false;
		}
		for(size_t i = 0; i < used; ++i) {
			new(&block[i]) Element(std::move(elements[i]));
			elements[i].~Element();
		}
		Memory::release(elements);
		elements = block;
		reserved = newCapacity;
		return true;
	}

	static_assert(alignof(Element) <= alignof(std::max_align_t), "Memory aligns for every usual type only");
	Element* elements = nullptr;
	size_t used = 0;
	size_t reserved = 0;
};
