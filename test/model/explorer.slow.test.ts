// The same with more trouble at once, and with three nodes; LISTMILL_MODEL=deep for all of it.
import { testAll } from "./explored.ts";

testAll(process.env.LISTMILL_MODEL === "deep" ? "deepest" : "deep");
