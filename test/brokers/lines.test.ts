import t from "tap";
import { Lines } from "../../src/brokers/lines.ts";
import type { Line, Outcome, Parcel } from "../../src/brokers/parcel.ts";
import { taken } from "../../src/brokers/parcel.ts";
import { until } from "../road/mill.ts";

const body = Buffer.from("{}");
const parcel: Parcel = { id: "1", kind: "post", list: "a", body, notice: body };

/** A broker that says what it is told to, and counts. */
class Broker {
  opened = 0;
  closed = 0;
  isLost = false;
  says: Outcome | Error = taken;
  readonly open = async (): Promise<Line> => {
    this.opened += 1;
    const { says } = this;
    if (says instanceof Error) throw says;
    this.isLost = false;
    return {
      isOpen: () => !this.isLost,
      send: async () => this.says as Outcome,
      close: async () => {
        this.closed += 1;
      },
    };
  };
}

t.test("one line for many messages", async (t) => {
  const broker = new Broker();
  const lines = new Lines();
  for (let at = 0; at < 3; at += 1)
    t.same(await lines.send("a", broker.open, parcel), taken);
  t.equal(broker.opened, 1);
  await lines.send("b", broker.open, parcel);
  t.equal(broker.opened, 2, "another one for other settings");
  await lines.close();
  t.equal(broker.closed, 2);
});

t.test("waits grow while a broker is away, and begin anew", async (t) => {
  const broker = new Broker();
  const lines = new Lines();
  broker.says = new Error("refused");
  const waits: unknown[] = [];
  for (let at = 0; at < 7; at += 1) {
    const sent = await lines.send("a", broker.open, parcel);
    waits.push(sent.is === "away" && sent.wait / 1000);
  }
  t.same(waits, [1, 2, 4, 8, 16, 30, 30]);
  broker.says = taken;
  t.same(await lines.send("a", broker.open, parcel), taken);
  broker.says = { is: "away", reason: "low on memory" };
  const away = { is: "away", reason: "low on memory", wait: 1000 };
  t.same(await lines.send("a", broker.open, parcel), away);
  t.equal(broker.closed, 1, "a line that does not answer is given up");
});

t.test("a line that was lost meanwhile is opened anew", async (t) => {
  const broker = new Broker();
  const lines = new Lines();
  await lines.send("a", broker.open, parcel);
  broker.isLost = true;
  t.same(await lines.send("a", broker.open, parcel), taken);
  t.equal(broker.opened, 2);
  broker.says = { is: "later", reason: "full" };
  t.same(await lines.send("a", broker.open, parcel), broker.says);
  t.equal(broker.opened, 2, "what is not taken says nothing of the line");
  await lines.close();
});

t.test("an idle line is closed", async (t) => {
  const broker = new Broker();
  const lines = new Lines(10);
  await lines.send("a", broker.open, parcel);
  await until(
    () => broker.closed === 1,
    () => "the goodbye",
  );
  t.same(await lines.send("a", broker.open, parcel), taken);
  t.equal(broker.opened, 2);
});
