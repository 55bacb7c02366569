/** TemplateFlashMemoryStream: a template in flash, such as an imported file. HTML unless the response says otherwise. */
#pragma once

#include "FlashMemoryStream.h"
#include "TemplateStream.h"

class TemplateFlashMemoryStream : public TemplateStream
{
public:
	/** `templateString` must outlive the stream. */
	explicit TemplateFlashMemoryStream(const FlashString& templateString)
		: TemplateStream(new FlashMemoryStream(templateString))
	{
	}
	String getMimeType() const override
	{
		return F("text/html");
	}
};
