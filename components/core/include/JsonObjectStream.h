/** See Data/Stream/JsonObjectStream.h. */
#pragma once

#include "Data/Stream/JsonObjectStream.h"
