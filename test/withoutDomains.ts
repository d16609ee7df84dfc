/**
 * Loaded before a test's file: what tap uses to tell whose an error is that nobody catches makes each
 * promise cost as much again. Without it such an error ends the process, and so fails the file.
 */
import hooks from "node:async_hooks";
import { syncBuiltinESMExports } from "node:module";

const none: hooks.AsyncHook = {
  enable: () => none,
  disable: () => none,
};

hooks.createHook = () => none;
syncBuiltinESMExports();
