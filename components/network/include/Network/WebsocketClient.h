/** Sming's name for the header of WebsocketClient. */
#pragma once

#include "Http/Websocket/WebsocketClient.h"
