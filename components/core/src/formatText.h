/* printf into memory that is only taken from the heap when the text is long. */
#pragma once

#include <cstdarg>
#include <cstddef>

/* Formatted text; data is always valid and NUL-terminated. */
class FormattedText
{
public:
	FormattedText(const char* format, va_list args) __attribute__((format(printf, 2, 0)));
	~FormattedText();
	FormattedText(const FormattedText&) = delete;
	FormattedText& operator=(const FormattedText&) = delete;

	const char* data() const
	{
		return heap != nullptr ? heap : local;
	}
	size_t length() const
	{
		return used;
	}
	/* There was no memory for all of it. */
	bool isCut() const
	{
		return cut;
	}

private:
	char local[201];
	char* heap = nullptr;
	size_t used = 0;
	bool cut = false;
};
