#!/usr/bin/env listmill-hook
// Gives the post to a stream of Redis; done when the server has answered.
import { publisher } from "../../../src/consumers/publish.ts";
import { openRedis } from "../../../src/consumers/redis/publish.ts";

export default publisher("redis", openRedis);
