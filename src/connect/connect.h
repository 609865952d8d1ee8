#pragma once
// connect talks with foreign machines: PLCs and gas detectors (Modbus TCP), positioning systems and
// gates (MQTT), phones that are not looking (web push), group robots. It decides nothing: what it
// reads goes to a Sink, what it sends was decided by others. The plant that the demo watches is
// here too (plant_sim.h): a program of its own that speaks the same protocols. And the eyes
// (eyes.h) that look at photos in another process.

#include "connect/diode_sender.h"
#include "connect/eyes.h"
#include "connect/messenger.h"
#include "connect/outside.h"
#include "connect/plant_config.h"
#include "connect/plant_sim.h"
#include "connect/publish.h"
#include "connect/sources.h"
#include "connect/web_client.h"
