#!/usr/bin/env listmill-hook
// Tells the event to RabbitMQ; done when the broker has confirmed it.
import { openAmqp } from "../../../src/brokers/amqp/publish.ts";
import { publisher } from "../../../src/brokers/publish.ts";

export default publisher("amqp", openAmqp);
