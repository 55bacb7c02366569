/**
 * Delegate<R(Args...)>: something that can be called, stored inside the object. Never uses the heap.
 *
 *     Delegate<void(int)> d = function;                          // or &Class::staticMethod
 *     Delegate<void(int)> d = [this](int n) { total += n; };
 *     Delegate<void(int)> d(&Class::method, object);             // object must outlive the delegate
 *
 * A lambda may capture up to 4 pointers' worth of data. Capture a pointer to a struct for more.
 * Copying a delegate copies the captures. Calling an empty delegate does nothing and returns R().
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

template <typename> class Delegate;

/** Function without arguments that may be called from an interrupt. */
typedef void (*InterruptCallback)();

template <typename R, typename... Args> class Delegate<R(Args...)>
{
public:
	/** Bytes a callable may have. */
	static constexpr size_t storageSize = 4 * sizeof(void*);

	Delegate() = default;
	Delegate(std::nullptr_t)
	{
	}

	Delegate(const Delegate& other)
	{
		copyFrom(other);
	}
	Delegate(Delegate&& other) noexcept
	{
		moveFrom(other);
	}

	/** A method with the object it is called on. */
	template <typename Class, typename Object>
	Delegate(R (Class::*method)(Args...), Object* object)
		: Delegate([method, object](Args... args) -> R { return (object->*method)(std::forward<Args>(args)...); })
	{
	}
	template <typename Class, typename Object>
	Delegate(R (Class::*method)(Args...) const, const Object* object)
		: Delegate([method, object](Args... args) -> R { return (object->*method)(std::forward<Args>(args)...); })
	{
	}

	/** A function, a lambda or any copyable object with operator(). A null function pointer gives an empty delegate. */
	template <typename Callable, typename Stored = typename std::decay<Callable>::type,
			  typename = typename std::enable_if<!std::is_same<Stored, Delegate>::value &&
												 std::is_invocable_r<R, Stored&, Args...>::value>::type>
	Delegate(Callable&& callable)
	{
		static_assert(sizeof(Stored) <= storageSize,
					  "This lambda captures too much for a Delegate (at most 4 pointers): capture a pointer to a struct");
		static_assert(alignof(Stored) <= alignof(Storage), "Captured data needs too large an alignment for a Delegate");
		static_assert(std::is_copy_constructible<Stored>::value, "What a Delegate captures must be copyable");
		if constexpr(std::is_pointer<Stored>::value) {
			Stored pointer = callable; // a function given by its name is no pointer yet, and never null
			if(pointer == nullptr) {
				return;
			}
		}
		new(&storage) Stored(std::forward<Callable>(callable));
		invoke = &invokeStored<Stored>;
		if constexpr(!(std::is_trivially_copyable<Stored>::value && std::is_trivially_destructible<Stored>::value)) {
			manage = &manageStored<Stored>;
		}
	}

	~Delegate()
	{
		clear();
	}

	Delegate& operator=(const Delegate& other)
	{
		if(this != &other) {
			clear();
			copyFrom(other);
		}
		return *this;
	}
	Delegate& operator=(Delegate&& other) noexcept
	{
		if(this != &other) {
			clear();
			moveFrom(other);
		}
		return *this;
	}
	Delegate& operator=(std::nullptr_t)
	{
		clear();
		return *this;
	}

	R operator()(Args... args) const
	{
		if(invoke == nullptr) {
			static_assert(std::is_void<R>::value || std::is_default_constructible<R>::value,
						  "A Delegate's result must be void or have a default value");
			return R();
		}
		return invoke(&storage, std::forward<Args>(args)...);
	}

	explicit operator bool() const
	{
		return invoke != nullptr;
	}
	bool operator==(std::nullptr_t) const
	{
		return invoke == nullptr;
	}
	bool operator!=(std::nullptr_t) const
	{
		return invoke != nullptr;
	}
	/** True if both are sure to do the same: one function with the same plain captures. False may also mean "cannot tell". */
	bool operator==(const Delegate& other) const
	{
		return invoke == other.invoke && manage == nullptr && other.manage == nullptr &&
			   (invoke == nullptr || memcmp(storage.bytes, other.storage.bytes, storageSize) == 0);
	}

private:
	struct Storage {
		alignas(alignof(void*) > alignof(uint64_t) ? alignof(void*) : alignof(uint64_t)) unsigned char bytes[storageSize];
	};
	enum class Operation : uint8_t { copy, move, destroy };

	template <typename Stored> static R invokeStored(Storage* storage, Args... args)
	{
		return (*std::launder(reinterpret_cast<Stored*>(storage)))(std::forward<Args>(args)...);
	}

	template <typename Stored> static void manageStored(Operation operation, Storage* to, Storage* from)
	{
		auto source = std::launder(reinterpret_cast<Stored*>(from));
		switch(operation) {
		case Operation::copy:
			new(to) Stored(*source);
			break;
		case Operation::move:
			new(to) Stored(std::move(*source));
			source->~Stored();
			break;
		case Operation::destroy:
			source->~Stored();
			break;
		}
	}

	void copyFrom(const Delegate& other)
	{
		if(other.manage != nullptr) {
			other.manage(Operation::copy, &storage, &other.storage);
		} else {
			storage = other.storage;
		}
		invoke = other.invoke;
		manage = other.manage;
	}
	void moveFrom(Delegate& other)
	{
		if(other.manage != nullptr) {
			other.manage(Operation::move, &storage, &other.storage);
		} else {
			storage = other.storage;
		}
		invoke = other.invoke;
		manage = other.manage;
		other.invoke = nullptr;
		other.manage = nullptr;
	}
	void clear()
	{
		if(manage != nullptr) {
			manage(Operation::destroy, nullptr, &storage);
		}
		invoke = nullptr;
		manage = nullptr;
	}

	// mutable: a lambda marked `mutable` may change its captures although calling is const
	mutable Storage storage{};
	R (*invoke)(Storage*, Args...) = nullptr;
	void (*manage)(Operation, Storage*, Storage*) = nullptr; ///< nullptr: plain bytes
};
