/** Topics of MQTT 3.1.1 (§4.7). */
#pragma once

#include <WString.h>

namespace Mqtt
{
/** True for the name of a topic to publish to: 1-65535 bytes of UTF-8, no NUL, no wildcard. */
bool isTopicName(const String& text);

/** True for a filter to subscribe to: `+` stands for a whole level, `#` only at the end. */
bool isTopicFilter(const String& text);

/** True for text as the protocol has it: up to 65535 bytes of UTF-8 without NUL (§1.5.3). */
bool isText(const String& text);

/** True if a filter takes in a topic. Wildcards at the beginning leave out topics that begin with `$` (§4.7.2). */
bool matches(const String& filter, const String& topic);

} // namespace Mqtt
