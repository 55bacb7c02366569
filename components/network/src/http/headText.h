/** How the head of a message is put together; what client and server share. */
#pragma once

#include <Network/Http/HttpHeaders.h>

/** Append "name: value" with CR LF. @return false when the value could end the line, or memory ran out */
bool addField(String& head, const char* name, const String& value);

/** Append all fields but those that tell the length of the body, which the connection decides. @return as above */
bool addFields(String& head, const HttpHeaders& headers);
