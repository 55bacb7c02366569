/*
 * Files on a chip: what the image has, what is written over it, and what is left after a restart or a power cut. Each
 * line that is typed is a command; what it finds is printed.
 */
#include <Data/Stream/FileStream.h>
#include <SmingCore.h>

namespace
{
Timer saving;
uint32_t counter;

void show(const String& name)
{
	String content = fileGetContent(name);
	Serial.printf("%s: %s\r\n", name.c_str(), content ? content.c_str() : "no such file");
}

void list()
{
	for(auto& name : fileList()) {
		Serial.printf("file %s %u\r\n", name.c_str(), unsigned(fileGetSize(name)));
	}
	Serial.println("end of list");
}

/* Checks all of a file against a rule, through a stream. */
void pattern(const String& name)
{
	FileStream stream(name);
	unsigned count = 0;
	unsigned wrong = 0;
	char block[100];
	while(!stream.isFinished()) {
		unsigned length = stream.readMemoryBlock(block, sizeof(block));
		for(unsigned i = 0; i < length; ++i) {
			wrong += uint8_t(block[i]) != uint8_t((count + i) * 7);
		}
		count += length;
		stream.seek(int(length));
	}
	Serial.printf("pattern %u bytes, %u wrong\r\n", count, wrong);
}

/* A file of 600 bytes whose every byte follows from a number: torn or mixed contents would be seen. */
int save(uint32_t number)
{
	String content;
	if(!content.setLength(600)) {
		return int(FileError::noMemory);
	}
	for(unsigned i = 0; i < content.length(); ++i) {
		content[i] = char('a' + (number + i) % 26);
	}
	content = String(number) + ' ' + content;
	return fileSetContent("counter", content);
}

void saveNext()
{
	int result = save(++counter);
	if(result < 0) {
		Serial.printf("save failed: %d\r\n", result);
	} else {
		Serial.printf("saved %u\r\n", unsigned(counter));
	}
}

void check()
{
	String content = fileGetContent("counter");
	uint32_t number = uint32_t(content.toInt());
	int text = content.indexOf(' ') + 1;
	bool good = content.length() == unsigned(text) + 600;
	for(unsigned i = 0; good && i < 600; ++i) {
		good = content[unsigned(text) + i] == char('a' + (number + i) % 26);
	}
	Serial.printf("counter %u %s\r\n", unsigned(number), good ? "good" : content ? "DAMAGED" : "none");
	counter = number;
}

void append(const String& text)
{
	auto file = fileOpen("log", eFO_WriteOnly | eFO_CreateIfNotExist | eFO_Append);
	if(file < 0) {
		Serial.printf("append %d\r\n", file);
		return;
	}
	int written = fileWrite(file, text.c_str(), text.length());
	int flushed = fileFlush(file);
	fileClose(file);
	Serial.printf("append %d %d\r\n", written, flushed);
}

void command(const String& line)
{
	int space = line.indexOf(' ');
	String word = (space < 0) ? line : line.substring(0, unsigned(space));
	String rest = (space < 0) ? String() : line.substring(unsigned(space) + 1);
	if(word == "show") {
		show(rest);
	} else if(word == "list") {
		list();
	} else if(word == "pattern") {
		pattern(rest);
	} else if(word == "set") {
		int end = rest.indexOf(' ');
		int result = fileSetContent(rest.substring(0, unsigned(end)), rest.substring(unsigned(end) + 1));
		Serial.printf("set %d %s\r\n", result, fileGetErrorString(result < 0 ? result : 0).c_str());
	} else if(word == "delete") {
		Serial.printf("delete %d\r\n", fileDelete(rest));
	} else if(word == "rename") {
		Serial.printf("rename %d\r\n", fileRename(rest, "renamed"));
	} else if(word == "append") {
		append(rest);
	} else if(word == "check") {
		check();
	} else if(word == "count") {
		saving.initializeMs(1, saveNext).start();
	} else if(word == "restart") {
		System.restart();
	}
}

String typed;

void onReceive(Stream& stream, char, unsigned short)
{
	while(stream.available() > 0) {
		char c = char(stream.read());
		if(c == '\n') {
			command(typed);
			typed = "";
		} else {
			typed += c;
		}
	}
}

} // namespace

void init()
{
	Serial.begin(SERIAL_BAUD_RATE);
	Serial.onDataReceived(onReceive);
	Serial.printf("before mount: %d\r\n", fileSetContent("a", "b"));
	Serial.println(spiffs_mount() ? "mounted" : "not mounted");
}
