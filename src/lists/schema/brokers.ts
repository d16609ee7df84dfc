/**
 * The settings of message queues that get posts and events: [archive.NAME], a section each. Pure.
 */
export const brokers = {};
