/** Fuzzes the axtls engine as a client: what a peer of ours says to it is changed on the way, see axtls/Scene.h. */
#include "../../axtls/Conversation.h"
#include "../../common/harness.h"

int LLVMFuzzerInitialize(int* argc, char*** argv)
{
	return Fuzz::initAxtls(Fuzz::Role::client, *argc, *argv);
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
	Fuzz::runAxtls(Fuzz::Role::client, data, size);
	return 0;
}
