#include "report.h"
#include <Memory.h>
#include <Network/Host.h>
#include <Network/Ssl/Statistics.h>
#include <SmingVersion.h>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <hal.h>
#include <unistd.h>

namespace HostProcess
{
namespace
{
void printQuoted(FILE* file, const char* text)
{
	fputc('"', file);
	for(; *text != '\0'; ++text) {
		auto c = static_cast<unsigned char>(*text);
		if(c == '"' || c == '\\') {
			fprintf(file, "\\%c", c);
		} else if(c < 0x20) {
			fprintf(file, "\\u%04x", c);
		} else {
			fputc(c, file);
		}
	}
	fputc('"', file);
}

void printHeap(FILE* file)
{
	auto print = [file](const Memory::Statistics& s) {
		fprintf(file, "\"current\": %zu, \"peak\": %zu, \"blocks\": %u, \"allocations\": %u", s.current, s.peak,
				unsigned(s.count), unsigned(s.total));
	};
	fprintf(file, "  \"heap\": {\n    \"cap\": %zu,\n    \"total\": {", Memory::cap());
	print(Memory::statistics());
	fprintf(file, ", \"attempts\": %u},\n    \"tags\": {", unsigned(Memory::attempts()));
	for(size_t i = 0; i < Memory::tagCount; ++i) {
		auto tag = Memory::Tag(i);
		fprintf(file, "%s\n      \"%s\": {", i == 0 ? "" : ",", Memory::tagName(tag));
		print(Memory::statistics(tag));
		fprintf(file, "}");
	}
	fprintf(file, "\n    }\n  },\n");
}

void printListening(FILE* file)
{
	HostNetwork::Listening list[32];
	auto count = HostNetwork::getListening(list, sizeof(list) / sizeof(list[0]));
	fprintf(file, "  \"listening\": [");
	for(size_t i = 0; i < count; ++i) {
		fprintf(file, "%s{\"port\": %u, \"host_port\": %u}", i == 0 ? "" : ", ", unsigned(list[i].port),
				unsigned(list[i].hostPort));
	}
	fprintf(file, "],\n");
}

void printContents(FILE* file, const char* end, int status)
{
	const auto& ssl = Ssl::statistics;
	fprintf(file, "{\n  \"version\": ");
	printQuoted(file, SMING_VERSION);
	fprintf(file, ",\n  \"end\": ");
	printQuoted(file, end);
	fprintf(file, ",\n  \"status\": %d,\n  \"seconds\": %.3f,\n", status, double(hal_time_us()) / 1e6);
	printHeap(file);
	printListening(file);
	fprintf(file, "  \"handshakes\": {\"client\": %u, \"server\": %u, \"resumed\": %u},\n",
			unsigned(ssl.clientHandshakes), unsigned(ssl.serverHandshakes), unsigned(ssl.resumed));
	fprintf(file, "  \"errors\": {\"count\": %u, \"last\": ", unsigned(ssl.failed));
	printQuoted(file, ssl.failed == 0 ? "" : toString(ssl.lastError).c_str());
	fprintf(file, "}\n}\n");
}
} // namespace

bool writeReport(const char* path, const char* end, int status)
{
	char temporary[4096];
	int length = snprintf(temporary, sizeof(temporary), "%s.%ld.tmp", path, long(getpid()));
	if(length < 0 || size_t(length) >= sizeof(temporary)) {
		fprintf(stderr, "report %s: the name is too long\n", path);
		return false;
	}
	FILE* file = fopen(temporary, "we");
	if(file == nullptr) {
		fprintf(stderr, "report %s: %s\n", path, strerror(errno));
		return false;
	}
	printContents(file, end, status);
	bool ok = ferror(file) == 0;
	ok = fclose(file) == 0 && ok;
	ok = ok && rename(temporary, path) == 0;
	if(!ok) {
		fprintf(stderr, "report %s: %s\n", path, strerror(errno));
		unlink(temporary);
	}
	return ok;
}
} // namespace HostProcess
