#include "formatText.h"
#include "Memory.h"
#include <cstdio>

FormattedText::FormattedText(const char* format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int wanted = vsnprintf(local, sizeof(local), format, args);
	if(wanted < 0) {
		local[0] = '\0';
		cut = true;
	} else if(size_t(wanted) < sizeof(local)) {
		used = size_t(wanted);
	} else {
		heap = static_cast<char*>(Memory::allocate(size_t(wanted) + 1, Memory::Tag::string));
		if(heap != nullptr) {
			used = size_t(wanted);
			vsnprintf(heap, used + 1, format, again);
		} else {
			used = sizeof(local) - 1;
			cut = true;
		}
	}
	va_end(again);
}

FormattedText::~FormattedText()
{
	Memory::release(heap);
}
