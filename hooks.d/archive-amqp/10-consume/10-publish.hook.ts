#!/usr/bin/env listmill-hook
// Gives the post to RabbitMQ; done when the broker has confirmed it.
import { openAmqp } from "../../../src/consumers/amqp/publish.ts";
import { publisher } from "../../../src/consumers/publish.ts";

export default publisher("amqp", openAmqp);
