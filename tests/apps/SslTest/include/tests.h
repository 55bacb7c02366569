#pragma once

#include "../../common/check.h"

void testCrypto();
void testTables();
void testValidators();
void testSession();
void testQueue();
void testErrors();
void testVectors();
void testConnections();
