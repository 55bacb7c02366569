/**
 * FlashString (FSTR::String) and FSTR::Array: constants in flash that know their length.
 *
 * An object is a 32-bit length in bytes followed by the data, both 4-byte aligned and padded to 4, so that
 * word-only flash (ESP8266) can be copied with memcpy_aligned(). Objects cannot be copied, only referred to.
 *
 *     DEFINE_FSTR(hello, "Hello")                         // const FlashString& hello
 *     IMPORT_FSTR_LOCAL(page, PROJECT_DIR "/index.html")  // contents of a file
 *     DEFINE_FSTR_ARRAY(primes, uint16_t, 2, 3, 5)        // const FSTR::Array<uint16_t>& primes
 */
#pragma once

#include "FakePgmSpace.h"
#include <cstddef>
#include <cstdint>

class String;
using WString = String; ///< String inside namespace FSTR

namespace FSTR
{
/** What Strings and Arrays have in common: a length in bytes, followed by the data. */
class ObjectBase
{
public:
	constexpr explicit ObjectBase(uint32_t bytes) : byteLength(bytes)
	{
	}
	ObjectBase(const ObjectBase&) = delete;
	ObjectBase& operator=(const ObjectBase&) = delete;

	/** Bytes of data, without a String's NUL and without padding. */
	constexpr size_t dataLength() const
	{
		return byteLength;
	}
	/** Bytes the object takes in flash after its length. */
	constexpr size_t size() const
	{
		return ALIGNUP4(byteLength);
	}
	/** Copy up to `count` bytes from `offset`. @return bytes copied, 0 when `offset` is at or beyond the end */
	size_t readBytes(size_t offset, void* buffer, size_t count) const;
	constexpr bool isNull() const
	{
		return false;
	}

protected:
	const void* address() const
	{
		// By way of an integer: the data is no part of this class, and the compiler must not conclude from
		// its size that there is nothing behind it
		return reinterpret_cast<const void*>(reinterpret_cast<uintptr_t>(this) + sizeof(*this));
	}

private:
	uint32_t byteLength;
};

/** Elements of type T (plain data) in flash. */
template <typename T> class Array : public ObjectBase
{
public:
	using ObjectBase::ObjectBase;

	size_t length() const
	{
		return dataLength() / sizeof(T);
	}
	const T* data() const
	{
		return static_cast<const T*>(address());
	}
	/** Element; a zero T when `index` is beyond the end. */
	T operator[](size_t index) const
	{
		T value{};
		readBytes(index * sizeof(T), &value, sizeof(T));
		return value;
	}
	T valueAt(size_t index) const
	{
		return (*this)[index];
	}
	/** Copy up to `count` elements from `index`. @return elements copied */
	size_t read(size_t index, T* buffer, size_t count) const
	{
		return readBytes(index * sizeof(T), buffer, count * sizeof(T)) / sizeof(T);
	}
	const T* begin() const
	{
		return data();
	}
	const T* end() const
	{
		return data() + length();
	}
	int indexOf(const T& value) const
	{
		for(size_t i = 0; i < length(); ++i) {
			if((*this)[i] == value) {
				return int(i);
			}
		}
		return -1;
	}
};

/** Text or bytes in flash. There is a NUL after the last one, which length() does not count. */
class String : public ObjectBase
{
public:
	using ObjectBase::ObjectBase;

	size_t length() const
	{
		return dataLength();
	}
	size_t size() const ///< with the NUL and padding
	{
		return ALIGNUP4(dataLength() + 1);
	}
	const char* data() const
	{
		return static_cast<const char*>(address());
	}
	flash_string_t flash_data() const
	{
		return FPSTR(data());
	}
	char operator[](size_t index) const ///< 0 beyond the end
	{
		return index < length() ? data()[index] : '\0';
	}
	const char* begin() const
	{
		return data();
	}
	const char* end() const
	{
		return data() + length();
	}
	size_t read(size_t offset, char* buffer, size_t count) const
	{
		return readBytes(offset, buffer, count);
	}
	size_t readFlash(size_t offset, char* buffer, size_t count) const
	{
		return readBytes(offset, buffer, count);
	}

	bool equals(const char* cstr, size_t length) const;
	bool equals(const char* cstr) const;
	bool equals(const WString& str) const;
	bool equals(const String& str) const;
	bool equalsIgnoreCase(const char* cstr, size_t length) const;
	bool equalsIgnoreCase(const char* cstr) const;
	bool equalsIgnoreCase(const WString& str) const;
	bool equalsIgnoreCase(const String& str) const;
	template <typename T> bool operator==(const T& rhs) const
	{
		return equals(rhs);
	}
	template <typename T> bool operator!=(const T& rhs) const
	{
		return !equals(rhs);
	}
};

/** Table of references to Strings: what DEFINE_FSTR_VECTOR makes and FSTR_TABLE stands for. */
template <class ObjectType> class Vector : public ObjectBase
{
public:
	using ObjectBase::ObjectBase;

	size_t length() const
	{
		return dataLength() / sizeof(const ObjectType*);
	}
	/** @param index below length() */
	const ObjectType& operator[](size_t index) const
	{
		return *table()[index];
	}
	/** Index of the first entry that equals `value` without regard to case, -1 when there is none. */
	template <typename ValueType> int indexOf(const ValueType& value, bool ignoreCase = true) const
	{
		for(size_t i = 0; i < length(); ++i) {
			if(ignoreCase ? (*this)[i].equalsIgnoreCase(value) : (*this)[i].equals(value)) {
				return int(i);
			}
		}
		return -1;
	}

private:
	const ObjectType* const* table() const
	{
		return reinterpret_cast<const ObjectType* const*>(ALIGNED(reinterpret_cast<uintptr_t>(address())));
	}
	static constexpr uintptr_t ALIGNED(uintptr_t address)
	{
		return (address + alignof(void*) - 1) & ~uintptr_t(alignof(void*) - 1);
	}
};
} // namespace FSTR

using FlashString = FSTR::String;

/* Macros that define or declare something end with their own semicolon: Sming applications write them with and without. */

#define FSTR_DATA_NAME(name) fstr_data_##name

/** Define a FlashString with a name for the whole program. At file scope or in a namespace. */
#define DEFINE_FSTR(name, str)                                                                                         \
	DEFINE_FSTR_DATA(static, FSTR_DATA_NAME(name), str);                                                               \
	extern const FSTR::String& name;                                                                                   \
	const FSTR::String& name = FSTR_DATA_NAME(name).object;

/** Define a FlashString for this file or block. */
#define DEFINE_FSTR_LOCAL(name, str)                                                                                   \
	DEFINE_FSTR_DATA(static, FSTR_DATA_NAME(name), str);                                                               \
	[[maybe_unused]] static const FSTR::String& name = FSTR_DATA_NAME(name).object;

/** Say that a FlashString is defined elsewhere. */
#define DECLARE_FSTR(name) extern const FSTR::String& name;

#define DEFINE_FSTR_DATA(storage, name, str)                                                                           \
	storage constexpr const struct {                                                                                   \
		FSTR::String object;                                                                                           \
		char data[ALIGNUP4(sizeof(str))];                                                                              \
	} name PROGMEM = {FSTR::String{sizeof(str) - 1}, str}

/** A literal as const FlashString*, for expressions. */
#define FS_PTR(str)                                                                                                    \
	(__extension__({                                                                                                   \
		DEFINE_FSTR_DATA(static, fs_literal, str);                                                                     \
		&fs_literal.object;                                                                                            \
	}))
/** A literal as const FlashString&, for expressions. */
#define FS(str) (*FS_PTR(str))

/** Put a FlashString's contents into a char array on the stack. */
#define LOAD_FSTR(name, fstr)                                                                                          \
	char name[(fstr).size()] __attribute__((aligned(4)));                                                              \
	memcpy_aligned(name, (fstr).data(), (fstr).size())
/** Define a char array on the stack with a literal's contents. */
#define FSTR_ARRAY(name, str) PSTR_ARRAY(name, str)

/** Table of FlashString pointers: FSTR_TABLE(names) = {FS_PTR("one"), FS_PTR("two")}. */
#define FSTR_TABLE(name) const FlashString* const name[] PROGMEM

/** Define an array of plain data for the whole program / for this file or block. */
#define DEFINE_FSTR_ARRAY(name, type, ...)                                                                             \
	DEFINE_FSTR_ARRAY_DATA(FSTR_DATA_NAME(name), type, __VA_ARGS__);                                                   \
	extern const FSTR::Array<type>& name;                                                                              \
	const FSTR::Array<type>& name = FSTR_DATA_NAME(name).object;
#define DEFINE_FSTR_ARRAY_LOCAL(name, type, ...)                                                                       \
	DEFINE_FSTR_ARRAY_DATA(FSTR_DATA_NAME(name), type, __VA_ARGS__);                                                   \
	[[maybe_unused]] static const FSTR::Array<type>& name = FSTR_DATA_NAME(name).object;
#define DECLARE_FSTR_ARRAY(name, type) extern const FSTR::Array<type>& name;
#define DEFINE_FSTR_ARRAY_DATA(name, type, ...)                                                                        \
	static_assert(alignof(type) <= 4, "elements of a flash array are 4-byte aligned");                                 \
	static constexpr const struct {                                                                                    \
		FSTR::Array<type> object;                                                                                      \
		type data[sizeof((const type[]){__VA_ARGS__}) / sizeof(type)];                                                 \
	} name PROGMEM = {FSTR::Array<type>{sizeof((const type[]){__VA_ARGS__})}, {__VA_ARGS__}}

/** Define a vector of FlashString pointers: DEFINE_FSTR_VECTOR(names, FlashString, &one, &two). */
#define DEFINE_FSTR_VECTOR(name, ObjectType, ...)                                                                      \
	DEFINE_FSTR_VECTOR_DATA(FSTR_DATA_NAME(name), ObjectType, __VA_ARGS__);                                            \
	extern const FSTR::Vector<ObjectType>& name;                                                                       \
	const FSTR::Vector<ObjectType>& name = FSTR_DATA_NAME(name).object;
#define DEFINE_FSTR_VECTOR_LOCAL(name, ObjectType, ...)                                                                \
	DEFINE_FSTR_VECTOR_DATA(FSTR_DATA_NAME(name), ObjectType, __VA_ARGS__);                                            \
	[[maybe_unused]] static const FSTR::Vector<ObjectType>& name = FSTR_DATA_NAME(name).object;
#define DECLARE_FSTR_VECTOR(name, ObjectType) extern const FSTR::Vector<ObjectType>& name;
#define DEFINE_FSTR_VECTOR_DATA(name, ObjectType, ...)                                                                 \
	static const struct __attribute__((aligned(alignof(void*)))) {                                                     \
		FSTR::Vector<ObjectType> object;                                                                               \
		const ObjectType* data[sizeof((const ObjectType* const[]){__VA_ARGS__}) / sizeof(void*)];                      \
	} name = {FSTR::Vector<ObjectType>{sizeof((const ObjectType* const[]){__VA_ARGS__})}, {__VA_ARGS__}}

/*
 * Import: the assembler includes the file. The symbol is local to this object file, so equal names in two
 * files do not clash. Only at file scope or in a namespace. The build makes the object depend on the file.
 */
#define IMPORT_FSTR_SECTION ".rodata.fstr,\"a\""

#define IMPORT_FSTR_DATA(symbol, file)                                                                                 \
	extern "C" const uint32_t symbol[] __attribute__((visibility("hidden")));                                          \
	__asm__(".pushsection " IMPORT_FSTR_SECTION "\n"                                                                   \
			".balign 4\n" #symbol ":\n"                                                                                \
			".long 9f - 8f\n"                                                                                          \
			"8: .incbin \"" file "\"\n"                                                                                \
			"9: .byte 0\n"                                                                                             \
			".balign 4\n"                                                                                              \
			".popsection\n")

#define IMPORT_FSTR_OBJECT(linkage, ObjectType, name, file)                                                            \
	IMPORT_FSTR_DATA(fstr_data_##name, file);                                                                          \
	linkage const ObjectType& name = *reinterpret_cast<const ObjectType*>(fstr_data_##name);

/** Define a FlashString with the contents of a file, for the whole program / for this file. */
#define IMPORT_FSTR(name, file)                                                                                        \
	extern const FSTR::String& name;                                                                                   \
	IMPORT_FSTR_OBJECT(, FSTR::String, name, file)
#define IMPORT_FSTR_LOCAL(name, file) IMPORT_FSTR_OBJECT([[maybe_unused]] static, FSTR::String, name, file)
/** The same as an array. A file whose size is no multiple of the element's loses its tail. */
#define IMPORT_FSTR_ARRAY(name, type, file)                                                                            \
	extern const FSTR::Array<type>& name;                                                                              \
	IMPORT_FSTR_OBJECT(, FSTR::Array<type>, name, file)
#define IMPORT_FSTR_ARRAY_LOCAL(name, type, file)                                                                      \
	IMPORT_FSTR_OBJECT([[maybe_unused]] static, FSTR::Array<type>, name, file)
