/** Sming's name for the header of MqttClient. */
#pragma once

#include "Mqtt/MqttClient.h"
