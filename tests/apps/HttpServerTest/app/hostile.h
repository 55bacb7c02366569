#pragma once

#include "../../common/command.h"
#include <Network/Http/Websocket/WebsocketResource.h>
#include <SmingCore.h>

/** @param stop deletes the server, also from within its callbacks */
void addHostilePaths(HttpResourceTree& paths, void (*stop)());
