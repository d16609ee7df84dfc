// The same with more trouble at once, and with three nodes.
import { testAll } from "./explored.ts";
import { deep } from "./scopes.ts";

testAll(deep);
