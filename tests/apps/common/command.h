/**
 * Commands of test applications that a test drives: one on a line of their input; what happens stands on lines
 * "[name] text" of their output. A command is a word, perhaps a name, and options "key=value".
 */
#pragma once

#include <HardwareSerial.h>
#include <WString.h>

class Command
{
public:
	explicit Command(const String& line) : text(line)
	{
	}

	/** n-th word; null beyond the end. */
	String word(unsigned index) const
	{
		size_t start = 0;
		for(; index > 0; --index) {
			int space = text.indexOf(' ', start);
			if(space < 0) {
				return nullptr;
			}
			start = size_t(space) + 1;
		}
		return upToSpace(start);
	}

	/** Value of an option; null when it is not given. */
	String option(const char* name) const
	{
		String key = String(" ") + name + "=";
		int start = text.indexOf(key);
		return start < 0 ? String() : upToSpace(size_t(start) + key.length());
	}

	long number(const char* name, long otherwise = 0) const
	{
		auto value = option(name);
		return value ? value.toInt() : otherwise;
	}

	bool is(const char* name, const char* value) const
	{
		return option(name) == value;
	}

	/** The whole line. */
	const String& getText() const
	{
		return text;
	}

private:
	String upToSpace(size_t start) const
	{
		int end = text.indexOf(' ', start);
		return text.substring(start, end < 0 ? text.length() : size_t(end));
	}

	String text;
};

/** Write "[name] text" on a line. */
inline void say(const String& name, const String& text)
{
	Serial << "[" << name << "] " << text << endl;
}

/** From now on execute what comes in. */
inline void readCommands(void (*execute)(const Command& command))
{
	static String line;
	Serial.onDataReceived([execute](Stream& source, char, uint16_t) {
		int c;
		while((c = source.read()) >= 0) {
			if(c != '\n') {
				line += char(c);
				continue;
			}
			Command command(line);
			line = "";
			execute(command);
		}
	});
}
