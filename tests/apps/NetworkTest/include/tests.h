/** The groups of checks of NetworkTest. */
#pragma once

#include "../../common/check.h"
#include <SmingCore.h>

void testAddresses();
void testEscape();
void testParams();
void testUrl();
void testUrlMemory();
void testHeaders();
void testWords();
void testTables();
void testTypes();
