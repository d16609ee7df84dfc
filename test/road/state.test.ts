// The state in a real PostgreSQL: the same tables as in SQLite, brought up to date by one host at a
// time, and used again when the server is back.
import t from "tap";
import { makeState } from "../../src/state/state.ts";
import { tableTests } from "../state/tables.ts";
import { Databases } from "./databases.ts";
import { needServers } from "./servers.ts";

t.setTimeout(300_000);
if (needServers(t, "postgres")) await road(await Databases.start(t));

async function road(databases: Databases): Promise<void> {
  t.test("the tables", (t) => {
    tableTests(t, async (t) => {
      const place = databases.place(t.testdir(), databases.make());
      return async () => {
        const state = await makeState(place);
        t.teardown(() => state.close());
        return state;
      };
    });
    t.end();
  });
}
