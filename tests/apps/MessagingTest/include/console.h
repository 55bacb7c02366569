/** The console of MessagingTest: commands of a test on its input, what happens on its output; see command.h. */
#pragma once

#include "../../common/command.h"
#include <Network/Ssl/Session.h>
#include <SmingCore.h>

/** Bytes of a hexadecimal option; null if it is missing. */
String bytesOption(const Command& command, const char* name);

/** Hexadecimal digits of some bytes. */
String toHex(const void* data, size_t length);

/** As verify=later|ca, certificate= and key= (files) say. */
void applyTls(Ssl::Session& session, const Command& command);

/** What a file holds. @return false if it cannot be read */
bool readFile(const String& path, String& contents);

bool parserCommand(const Command& command);
bool websocketCommand(const Command& command);
bool mqttCommand(const Command& command);
bool serverCommand(const Command& command);
/** Delete what the commands made. */
void websocketCleanup();
void mqttCleanup();
void serverCleanup();
