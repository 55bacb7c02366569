/** TemplateFileStream: a template in a file. */
#pragma once

#include "FileStream.h"
#include "TemplateStream.h"

class TemplateFileStream : public TemplateStream
{
public:
	explicit TemplateFileStream(const String& fileName) : TemplateStream(new FileStream(fileName))
	{
	}
};
