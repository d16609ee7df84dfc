#!/usr/bin/env listmill-hook
// Tells the event to a stream of Redis; done when the server has answered.
import { publisher } from "../../../src/brokers/publish.ts";
import { openRedis } from "../../../src/brokers/redis/publish.ts";

export default publisher("redis", openRedis);
