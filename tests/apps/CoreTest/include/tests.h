/* Groups of checks, one for each file of app/. */
#pragma once

#include "../../common/check.h"

void testMemory();
void testString();
void testStringEdit();
void testStringModel();
void testFlashString();
void testPrint();
void testDelegate();
void testLists();
void testStreams();
void testDocuments();
void testDateTime();
void testHal();
/* Runs on in the main loop and calls `done` in the end. */
void testTimers(void (*done)());
