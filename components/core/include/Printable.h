/** Printable: base of classes that can be given to Print::print() and `<<`. */
#pragma once

#include <cstddef>

class Print;

class Printable
{
public:
	virtual ~Printable() = default;
	/** Write a readable form to `p`. @return characters written */
	virtual size_t printTo(Print& p) const = 0;
};
