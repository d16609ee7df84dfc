#!/usr/bin/env listmill-hook
// Gives the post to a consumer by ZeroMQ; done when that has answered.
import { publisher } from "../../../src/brokers/publish.ts";
import { openZeromq } from "../../../src/brokers/zeromq/publish.ts";

export default publisher("zeromq", openZeromq, false);
