/**
 * HashMap: pairs of key and value, found by comparing keys one after the other, in order of insertion.
 *
 * Made for a dozen entries (HTTP headers, parameters). K needs ==, or a comparer given to the constructor.
 * When memory runs out, `map[key]` for a new key gives a scratch value that is not part of the map; set()
 * tells whether it was stored, and isComplete() afterwards whether all of them were.
 */
#pragma once

#include "WVector.h"

namespace HashMapDetail
{
/* A String knows that memory ran out when it was made; nothing else does. */
template <typename T> auto isLost(const T& value, int) -> decltype(value.isFailed())
{
	return value.isFailed();
}
template <typename T> bool isLost(const T&, ...)
{
	return false;
}
} // namespace HashMapDetail

template <typename K, typename V> class HashMap
{
public:
	/** True if the keys are equal. */
	using Comparator = bool (*)(const K&, const K&);
	using SortCompare = int (*)(const HashMap& map, size_t lhs, size_t rhs);

	/** A pair as loops see it: `for(auto entry : map)`. */
	template <bool is_const> class BaseElement
	{
	public:
		using Value = typename std::conditional<is_const, const V, V>::type;

		BaseElement(const K& key, Value& value) : k(&key), v(&value)
		{
		}
		const K& key() const
		{
			return *k;
		}
		Value& value() const
		{
			return *v;
		}
		Value& operator*() const
		{
			return *v;
		}
		Value* operator->() const
		{
			return v;
		}

	private:
		const K* k;
		Value* v;
	};
	using ElementConst = BaseElement<true>;
	using Element = BaseElement<false>;

	/** Goes through the elements. */
	template <bool is_const> class Iterator
	{
	public:
		using Map = typename std::conditional<is_const, const HashMap, HashMap>::type;

		Iterator(Map& map, size_t index) : map(&map), index(index)
		{
		}
		Iterator& operator++()
		{
			++index;
			return *this;
		}
		bool operator==(const Iterator& rhs) const
		{
			return index == rhs.index;
		}
		bool operator!=(const Iterator& rhs) const
		{
			return index != rhs.index;
		}
		BaseElement<is_const> operator*() const
		{
			return BaseElement<is_const>(map->keyAt(index), map->valueAt(index));
		}

	protected:
		Map* map;
		size_t index;
	};

	HashMap() = default;
	explicit HashMap(Comparator compare) : comparator(compare)
	{
	}
	HashMap(const HashMap& other)
		: entries(other.entries), nil(other.nil), comparator(other.comparator),
		  incomplete(other.incomplete || entries.count() != other.entries.count())
	{
	}
	HashMap(HashMap&&) = default;
	HashMap& operator=(const HashMap& other)
	{
		if(this != &other) {
			entries = other.entries;
			nil = other.nil;
			comparator = other.comparator;
			incomplete = other.incomplete || entries.count() != other.entries.count();
		}
		return *this;
	}
	HashMap& operator=(HashMap&&) = default;

	size_t count() const
	{
		return entries.count();
	}
	/** @param index below count() */
	const K& keyAt(size_t index) const
	{
		return entries[index].key;
	}
	K& keyAt(size_t index)
	{
		return entries[index].key;
	}
	const V& valueAt(size_t index) const
	{
		return entries[index].value;
	}
	V& valueAt(size_t index)
	{
		return entries[index].value;
	}
	/** Value of `key`, or the null value. */
	const V& operator[](const K& key) const
	{
		return find(key);
	}
	const V& find(const K& key) const
	{
		int index = indexOf(key);
		return index >= 0 ? entries[size_t(index)].value : nil;
	}
	/** Value of `key`, which is added with a default value if it is not there yet. */
	V& operator[](const K& key)
	{
		int index = indexOf(key);
		if(index >= 0) {
			return entries[size_t(index)].value;
		}
		Entry entry(key);
		if(HashMapDetail::isLost(entry.key, 0) || !entries.add(std::move(entry))) {
			scratch = V();
			incomplete = true;
			return scratch;
		}
		return entries[entries.count() - 1].value;
	}
	/** Store a pair, replacing the value of an equal key. @return false when memory ran out, also for a String before */
	bool set(const K& key, V value)
	{
		if(HashMapDetail::isLost(value, 0)) {
			return false;
		}
		int index = indexOf(key);
		if(index < 0) {
			Entry entry(key);
			entry.value = std::move(value);
			return !HashMapDetail::isLost(entry.key, 0) && entries.add(std::move(entry));
		}
		entries[size_t(index)].value = std::move(value);
		return true;
	}
	/** Make room for `size` entries in all. */
	bool allocate(size_t size)
	{
		return entries.ensureCapacity(size);
	}
	int indexOf(const K& key) const
	{
		for(size_t i = 0; i < entries.count(); ++i) {
			if(comparator != nullptr ? comparator(key, entries[i].key) : key == entries[i].key) {
				return int(i);
			}
		}
		return -1;
	}
	bool contains(const K& key) const
	{
		return indexOf(key) >= 0;
	}
	void remove(const K& key)
	{
		int index = indexOf(key);
		if(index >= 0) {
			removeAt(size_t(index));
		}
	}
	void removeAt(size_t index)
	{
		entries.removeElementAt(index);
	}
	/** Copy all pairs of `map`. @return false when memory ran out; some may have been copied */
	bool setMultiple(const HashMap& map)
	{
		bool ok = true;
		for(size_t i = 0; i < map.count(); ++i) {
			ok = set(map.keyAt(i), map.valueAt(i)) && ok;
		}
		return ok;
	}
	/** What find() gives for a key that is not there. */
	void setNullValue(const V& nullValue)
	{
		nil = nullValue;
	}
	void clear()
	{
		entries.clear();
		incomplete = false;
	}

	/**
	 * False if memory ran out for something that nobody was told about: a new key of `map[key]`, a String that was
	 * assigned to it, an entry of the map that this is a copy of. clear() forgets that.
	 */
	bool isComplete() const
	{
		for(size_t i = 0; i < count(); ++i) {
			if(HashMapDetail::isLost(keyAt(i), 0) || HashMapDetail::isLost(valueAt(i), 0)) {
				return false;
			}
		}
		return !incomplete;
	}

	Iterator<true> begin() const
	{
		return Iterator<true>(*this, 0);
	}
	Iterator<true> end() const
	{
		return Iterator<true>(*this, count());
	}
	Iterator<false> begin()
	{
		return Iterator<false>(*this, 0);
	}
	Iterator<false> end()
	{
		return Iterator<false>(*this, count());
	}

protected:
	/** For classes whose own keys or values need memory. */
	void setIncomplete()
	{
		incomplete = true;
	}

	struct Entry {
		explicit Entry(const K& key) : key(key), value()
		{
		}
		K key;
		V value;
	};
	Vector<Entry> entries;
	V nil{};	 ///< for keys that are not there
	V scratch{}; ///< where writes go when memory ran out

private:
	Comparator comparator = nullptr;
	bool incomplete = false;
};
