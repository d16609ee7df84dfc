// Queries that are compiled once: values stand where their placeholders stood, whatever they are.
import t from "tap";
import {
  chunks,
  inserting,
  packed,
  prepared,
  whole,
} from "../../src/state/prepared.ts";
import { makeState } from "../../src/state/state.ts";

t.test("each run has its own values", async (t) => {
  const state = await makeState({ home: t.testdir() });
  t.teardown(() => state.close());
  let built = 0;
  const query = prepared(({ list, size }: { list: string; size: number }) => {
    built += 1;
    return state.store.queries
      .selectFrom("sizes")
      .selectAll()
      .where("size", ">", size)
      .where("list", "in", [list, "always", list])
      .limit(7);
  });
  t.same(query({ list: "a", size: 1 }).parameters, [1, "a", "always", "a", 7]);
  const evil = "'; DROP TABLE sizes; --";
  const second = query({ list: evil, size: 2 });
  t.same(second.parameters, [2, evil, "always", evil, 7]);
  t.notMatch(second.sql, "DROP");
  t.equal(built, 1);
});

t.test("text is made fit for both databases", async (t) => {
  t.equal(whole("a\0b\ud800c😀"), "a\ufffdb\ufffdc😀");
  t.equal(
    packed(["a\0", 1, null, "\\u0000"]),
    '["a\ufffd",1,null,"\\\\u0000"]',
  );
});

t.test("chunks are whole and in order", async (t) => {
  const all = Array.from({ length: 2001 }, (_, at) => at);
  const parts = [...chunks(all)];
  t.same(
    parts.map(({ length }) => length),
    [1000, 1000, 1],
  );
  t.same(parts.flat(), all);
  t.same([...chunks([])], []);
});

t.test("what rows have in common is told once", async (t) => {
  const state = await makeState({ home: t.testdir() });
  t.teardown(() => state.close());
  const { store } = state;
  const columns = ["key", "role", "address"];
  const shared = ["list", "since"];
  const insert = inserting(store, "roles", columns, undefined, [], shared);
  const rows = ["a", "b"].map((key) => ({ key, role: "owner", address: key }));
  const query = insert(rows, { list: "l@x", since: 5 });
  await store.queries.executeQuery(query);
  t.equal(query.parameters.filter((value) => value === "l@x").length, 1);
  const all = store.queries.selectFrom("roles").selectAll();
  t.same(
    await all.execute(),
    rows.map((row) => ({ ...row, list: "l@x", since: 5 })),
  );
});
