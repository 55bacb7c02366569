/* What code needs from a C++ library where there is none: on chips, headers alone are used. */
#ifndef ARCH_HOST
#include "hal.h"
#include <new>

namespace std
{
const nothrow_t nothrow;

void __throw_bad_function_call()
{
	hal_panic("an empty std::function was called");
}

void __throw_length_error(const char* text)
{
	hal_panic(text);
}

void __throw_out_of_range_fmt(const char* text, ...)
{
	hal_panic(text);
}

void __throw_logic_error(const char* text)
{
	hal_panic(text);
}

void __throw_bad_alloc()
{
	hal_panic("out of memory in the C++ library");
}

void __throw_bad_array_new_length()
{
	hal_panic("an array too long");
}
} // namespace std
#endif
