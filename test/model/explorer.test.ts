// Every order of the system calls of two nodes, and what may befall them: exactly once.
import { testAll } from "./explored.ts";

testAll("brief");
