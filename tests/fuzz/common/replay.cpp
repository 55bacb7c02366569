/**
 * Runs a harness over files instead of a fuzzer: `firmware [-v] FILE|FOLDER…`. Any compiler will do.
 *
 * With libFuzzer the program is the fuzzer's own: its main() is the strong one.
 */
#include "harness.h"
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace Fuzz
{
bool verbose;
}

namespace
{
std::vector<std::string> findInputs(const char* name)
{
	std::error_code error;
	if(!fs::is_directory(name, error)) {
		return {name};
	}
	std::vector<std::string> found;
	for(fs::recursive_directory_iterator entry(name, error), end; entry != end; entry.increment(error)) {
		if(entry->is_regular_file(error)) {
			found.push_back(entry->path().string());
		}
	}
	std::sort(found.begin(), found.end());
	return found;
}

bool runFile(const std::string& name)
{
	FILE* file = fopen(name.c_str(), "rb");
	if(file == nullptr) {
		perror(name.c_str());
		return false;
	}
	std::vector<uint8_t> data;
	uint8_t part[4096];
	while(size_t length = fread(part, 1, sizeof(part), file)) {
		data.insert(data.end(), part, part + length);
	}
	fclose(file);
	// Of exactly its size, so that a sanitizer sees any reading beyond it
	auto exact = static_cast<uint8_t*>(malloc(data.empty() ? 1 : data.size()));
	if(exact == nullptr) {
		return false;
	}
	std::copy(data.begin(), data.end(), exact);
	if(Fuzz::verbose) {
		printf("%s\n", name.c_str());
		fflush(stdout);
	} else {
		// The last line before a crash says which input it was
		fprintf(stderr, "%s\r", name.c_str());
	}
	LLVMFuzzerTestOneInput(exact, data.size());
	free(exact);
	return true;
}

} // namespace

__attribute__((weak)) int main(int argc, char* argv[])
{
	if(LLVMFuzzerInitialize(&argc, &argv) != 0) {
		return EXIT_FAILURE;
	}
	auto start = std::chrono::steady_clock::now();
	unsigned count = 0;
	for(int i = 1; i < argc; ++i) {
		if(strcmp(argv[i], "-v") == 0) {
			Fuzz::verbose = true;
			continue;
		}
		for(auto& name : findInputs(argv[i])) {
			if(!runFile(name)) {
				return EXIT_FAILURE;
			}
			++count;
		}
	}
	std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
	printf("%u inputs in %.1f s\n", count, seconds.count());
	return EXIT_SUCCESS;
}
