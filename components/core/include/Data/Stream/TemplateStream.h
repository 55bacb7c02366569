/**
 * TemplateStream: passes a text on and puts values in place of variables, "{name}".
 *
 * A name is up to TEMPLATE_MAX_VAR_NAME_LEN letters, digits, '_', '-', '.' or ':'; in double braces ("{{name}}") if
 * setDoubleBraces() says so, for pages with style sheets or scripts in them. A name that has no value stays as it is.
 * Values are put in as they are: what comes from outside must not contain markup, see htmlEscape(). When memory runs out
 * over a value, the text ends before it and the stream is not valid.
 */
#pragma once

#include "../../Delegate.h"
#include "../../WHashMap.h"
#include "DataSourceStream.h"

#ifndef TEMPLATE_MAX_VAR_NAME_LEN
#define TEMPLATE_MAX_VAR_NAME_LEN 32
#endif

/** Text with the characters that mean something in HTML replaced (& < > " '). Failed (see String) when memory ran out. */
String htmlEscape(const String& text);

class TemplateStream : public IDataSourceStream
{
public:
	using Variables = HashMap<String, String>;
	/** @return the value; null: there is none */
	using GetValueDelegate = Delegate<String(const char* name)>;

	/** @param owned delete `source` in the end */
	explicit TemplateStream(IDataSourceStream* source, bool owned = true) : source(source), owned(owned)
	{
	}
	~TemplateStream() override
	{
		if(owned) {
			delete source;
		}
	}
	TemplateStream(const TemplateStream&) = delete;
	TemplateStream& operator=(const TemplateStream&) = delete;

	void setVar(const String& name, const String& value)
	{
		lost = !templateData.set(name, value) || lost;
	}
	template <typename T> void setVar(const String& name, const T& value)
	{
		setVar(name, String(value));
	}
	Variables& variables()
	{
		return templateData;
	}
	/** Asked for names that are not among the variables. */
	void onGetValue(GetValueDelegate callback)
	{
		getValueCallback = callback;
	}
	void setDoubleBraces(bool enable)
	{
		doubleBraces = enable;
	}

	StreamType getStreamType() const override
	{
		return (source != nullptr && !stuck && source->isValid()) ? eSST_Template : eSST_Invalid;
	}
	bool isValid() const override
	{
		return !lost && TemplateStream::getStreamType() != eSST_Invalid;
	}
	uint16_t readMemoryBlock(char* data, int bufSize) override;
	bool seek(int length) override;
	bool isFinished() override;
	String getName() const override
	{
		return (source == nullptr) ? String() : source->getName();
	}
	String getMimeType() const override
	{
		return (source == nullptr) ? String() : source->getMimeType();
	}

protected:
	/** Value of a variable; null: there is none; failed (see String): memory ran out, so this cannot go on. */
	virtual String getValue(const char* name);

private:
	static constexpr size_t blockSize = 256;

	bool fill();
	bool advance(size_t length);
	size_t readVariable(const char* text, size_t length, String& value);

	IDataSourceStream* source;
	Variables templateData;
	GetValueDelegate getValueCallback;
	String value;		  ///< being read, in place of its variable
	size_t position = 0;  ///< in the value or the block
	size_t blockLength = 0;
	char block[blockSize]; ///< text without variables
	bool owned;
	bool doubleBraces = false;
	bool stuck = false; ///< the source cannot be advanced: this ends, and is invalid
	bool lost = false;	///< a value, for want of memory: the same
};
